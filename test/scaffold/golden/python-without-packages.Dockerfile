# written by paas init: yours to change; CMD says how the app starts, on the local cloud too
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /venv
WORKDIR /app

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=3000
RUN useradd --system --uid 10001 app
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=app:app . .
USER app
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python3", "-c", "import os, urllib.request as request; request.urlopen(\"http://127.0.0.1:\" + os.environ[\"PORT\"] + \"/up\", timeout=2)"]
CMD ["python3", "main.py"]
