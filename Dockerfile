# One image for each kind of process: `--target web`, `--target worker` and `--target sandbox`, the test bank.
# The base image brings Node 24 and user 1000 (node). No install script runs (--ignore-scripts): nothing needs one.

FROM node:24-bookworm-slim AS base
WORKDIR /shop
ENV NEXT_TELEMETRY_DISABLED=1

# What the shop runs with.
FROM base AS modules
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

# The pages, built. No secret is needed here: the environment is read when a process starts.
FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN node node_modules/next/dist/bin/next build && rm -rf .next/cache

# The sources run as they are: Node strips the types.
FROM base AS shop
ENV NODE_ENV=production
COPY --from=modules /shop/node_modules ./node_modules
COPY package.json ./
COPY lib ./lib
COPY lua ./lua
COPY scripts ./scripts
COPY worker ./worker

FROM shop AS worker
USER 1000:1000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "scripts/worker-health.ts"]
CMD ["node", "worker/index.ts"]

FROM shop AS sandbox
COPY sandbox ./sandbox
USER 1000:1000
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SANDBOX_PORT || 3001}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "sandbox/index.ts"]

FROM shop AS web
COPY next.config.ts server.ts ./
COPY app ./app
COPY components ./components
COPY public ./public
COPY --from=build --chown=1000:1000 /shop/.next ./.next
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/api/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.ts"]
