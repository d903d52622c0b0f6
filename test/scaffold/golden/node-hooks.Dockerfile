# written by paas init: yours to change; CMD says how the app starts, on the local cloud too
FROM node:24-slim AS build
WORKDIR /app
COPY . ./
RUN npm ci
COPY . .
RUN npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build --chown=node:node /app ./
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch(\"http://127.0.0.1:\" + process.env.PORT + \"/up\").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "a.js"]
