# written by paas init: yours to change; CMD says how the app starts, on the local cloud too
FROM node:{{node}}-slim AS build
WORKDIR /app
{{install}}
COPY . .
{{build}}

FROM node:{{node}}-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT={{port}}
WORKDIR /app
COPY --from=build --chown=node:node /app ./
USER node
EXPOSE {{port}}
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD {{healthcheck}}
CMD {{command}}
