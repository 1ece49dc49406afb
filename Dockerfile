# The image holds one static binary and the certificates it may need: no shell, no package manager, no writable directory
# but /data. It runs as an unprivileged user, and with a read-only root file system:
#
#   docker build -t concord .
#   docker run --read-only -p 8081:8081 -v concord-data:/data concord
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev COMMIT=
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath \
      -ldflags "-s -w -X main.version=$VERSION -X main.commit=$COMMIT" -o /out/concord ./cmd/concord \
 && mkdir /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/concord /concord
# A new volume takes owner and mode from here, so that the user below may write to it.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV CONCORD_DATA=/data/concord.db
VOLUME /data
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["/concord", "wait", "--once", "--timeout", "3s"]
ENTRYPOINT ["/concord"]
CMD ["serve"]
