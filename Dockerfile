# One image for every service (`services/<service>/src/main.ts`) and for the command line (`packages/cli/src/main.ts`):
# Node runs TypeScript as it is. Build stages that do not depend on each other run concurrently. They run on the
# architecture of the building machine, also for images of another one: no dependency is compiled, and the last stage
# only copies. So `docker buildx build --platform linux/amd64,linux/arm64` needs no emulation.
ARG NODE_IMAGE=node:24-bookworm-slim

# The same pnpm as everywhere, checked against the checksum in toolchain.json.
FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS tools
COPY scripts/launch /opt/movie-load/scripts/launch
RUN node /opt/movie-load/scripts/launch/toolchain.mjs pnpm /usr/local/bin
WORKDIR /app

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS sources
WORKDIR /app
COPY . .

# Only the files that determine the dependencies: after a change of any other file, the installations of the next two
# stages are still cached.
FROM sources AS manifests
RUN rm -rf scripts && find . -type f ! -name package.json ! -name 'pnpm-*.yaml' ! -name '*.patch' -delete

# --trust-lockfile: otherwise pnpm would check a changed lockfile against the registry, which takes longer than all other
# steps. Types and source maps are half of the bytes and are not needed here.
FROM tools AS dependencies
COPY --from=manifests /app ./
RUN --mount=type=cache,id=movie-load-pnpm,target=/pnpm/store \
    pnpm install --prod --frozen-lockfile --trust-lockfile --store-dir=/pnpm/store --reporter=append-only \
      --filter='!@movie-load/page' \
 && find node_modules/.pnpm -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete \
 && rm -rf services/console/src

FROM tools AS page
COPY --from=manifests /app ./
RUN --mount=type=cache,id=movie-load-pnpm,target=/pnpm/store \
    pnpm install --prod --frozen-lockfile --trust-lockfile --store-dir=/pnpm/store --reporter=append-only \
      --filter=@movie-load/console... --filter=@movie-load/page...
COPY . .
RUN node services/console/src/build.ts

FROM sources AS program
RUN rm -rf services/console/src/page scripts

FROM ${NODE_IMAGE}
ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="movie-load" \
      org.opencontainers.image.description="A crash-safe FIFO pipeline on SQS, DynamoDB and S3: producer, consumer, console and command line" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Without these settings glibc keeps freed buffers of several MiB, and a consumer's memory would grow with the job.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=page /app/services/console/dist services/console/dist
COPY --from=program /app ./
# The image's user `node`, by number: Kubernetes' runAsNonRoot cannot check a name.
USER 1000:1000
# Node is process 1 and handles SIGTERM itself: nothing is between it and Docker.
ENTRYPOINT ["node"]
CMD ["packages/cli/src/main.ts", "--help"]
