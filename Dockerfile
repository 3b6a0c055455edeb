# syntax=docker/dockerfile:1
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /paydesk
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json testing.d.ts ./
COPY scripts/bundle.js scripts/
COPY libs libs
COPY src src
# The optional packages are the embedded PostgreSQL, which a container does not need. /data is for DATA_DIR in sandbox mode.
RUN npm run build && npm prune --omit=dev --omit=optional && mkdir /data

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 METRICS_HOST=0.0.0.0 METRICS_PORT=9464
WORKDIR /paydesk
COPY --from=build /paydesk/package.json ./
COPY --from=build /paydesk/node_modules node_modules
COPY --from=build /paydesk/dist dist
COPY --from=build /paydesk/src/database/migrations src/database/migrations
COPY --from=build --chown=10001:10001 /data /data
USER 10001:10001
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without the image's own entrypoint, which is a shell script, SIGTERM arrives at the service.
ENTRYPOINT ["node"]
# Half as many short garbage collections, and less memory: see docs/adr/0015-speed.md.
CMD ["--max-semi-space-size=32", "--heap-growing-percent=80", "dist/bundle/main.js"]
