# The gateway for real sites: no compiler, no development packages, not root. The configuration is mounted at /etc/tandem/tandem.yaml.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Install scripts are not needed: the image brings its own Node.
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build-ui.ts && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
RUN mkdir -p /var/lib/tandem /etc/tandem && chown node:node /var/lib/tandem
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/gateway gateway
COPY --from=build /app/protocol protocol
COPY --from=build /app/scripts/check-health.ts scripts/check-health.ts
COPY --from=build /app/config/locales config/locales
COPY --from=build /app/package.json package.json
USER node
VOLUME /var/lib/tandem
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["node", "scripts/check-health.ts", "--config", "/etc/tandem/tandem.yaml"]
CMD ["node", "gateway/main.ts", "--config", "/etc/tandem/tandem.yaml"]
