# The server with its models: small, without a shell, not root. Build: docker build -t rnnserve .

FROM node:20-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The build takes ONNX Runtime from an npm package.
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
# What is downloaded is kept between builds.
ENV NUGET_PACKAGES=/cache/nuget NPM_CONFIG_CACHE=/cache/npm
WORKDIR /source
COPY .editorconfig global.json Directory.* ./
COPY src/ src/
RUN --mount=type=cache,target=/cache \
    dotnet publish src/RnnServe.Server --configuration Release --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app ./
COPY LICENSE THIRD-PARTY-NOTICES.md ./
COPY models/ models/
# The diagnostics port would need a writable folder; nothing here attaches to it.
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8080
# The image has neither a shell nor curl: the server's own program asks the server.
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["dotnet", "RnnServe.Server.dll", "--health-check"]
ENTRYPOINT ["dotnet", "RnnServe.Server.dll"]
