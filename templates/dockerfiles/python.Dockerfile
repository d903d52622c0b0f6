# written by paas init: yours to change; CMD says how the app starts, on the local cloud too
FROM python:{{python}}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /venv
WORKDIR /app
{{install}}

FROM python:{{python}}-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT={{port}}
RUN useradd --system --uid 10001 app
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=app:app . .
USER app
EXPOSE {{port}}
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD {{healthcheck}}
CMD {{command}}
