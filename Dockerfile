# To have the very same images again, pin them: docker buildx imagetools inspect NAME shows the digest, which goes behind the name here: FROM NAME@sha256:…
# Both stages are the same Ubuntu: a native program runs where its C library is at least as new as where it was linked.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends clang lld nodejs npm zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# The version that the program reports: docker build --build-arg VERSION="$(tests/version.sh)" . Without it: 0.0.0-dev.
ARG VERSION
RUN dotnet publish src/RemoteSigner.Host -c Release -r linux-x64 -o /published ${VERSION:+-p:InformationalVersion=$VERSION} \
 && rm -f /published/*.pdb && install -d -m 0700 /state

# No shell, no package manager; libssl3 and the public certificate authorities are in it.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled
COPY --from=build /published/ /usr/lib/remote-signer/
COPY LICENSE THIRD-PARTY-NOTICES /usr/share/doc/remote-signer/
COPY --from=build --chown=$APP_UID:$APP_UID /state /var/lib/remote-signer
USER $APP_UID
WORKDIR /var/lib/remote-signer
VOLUME /var/lib/remote-signer
# A home for whatever user the engine is told to take: without one the runtime reads no certificate.
ENV HOME=/var/lib/remote-signer DOTNET_EnableDiagnostics=0 DOTNET_hostBuilder__reloadConfigOnChange=false
EXPOSE 9000 9001
ENTRYPOINT ["/usr/lib/remote-signer/remote-signer"]
CMD ["serve", "--data", "/var/lib/remote-signer", "--listen", "0.0.0.0:9000", "--operations", "0.0.0.0:9001"]
