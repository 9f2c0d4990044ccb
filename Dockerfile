# The server with its models: small, without a shell, not root. Build: docker build -t rnnserve .
# Without keys it is to be told that others may reach it: docker run -e Keys__AllowAnonymous=true -p 127.0.0.1:8080:8080 rnnserve

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# What is downloaded is kept between builds.
ENV NUGET_PACKAGES=/cache/nuget
WORKDIR /source
COPY .editorconfig global.json Directory.* ./
COPY src/ src/
COPY samples/photos/ samples/photos/
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
