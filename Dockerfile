# Two stages: build a static binary, then an image with nothing else in it.
FROM golang:1.26-bookworm AS build
WORKDIR /src
# Dependencies change seldom: they are downloaded before the sources are copied, so that the layer is kept.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /baosong ./cmd/baosong \
 && mkdir -p /state/baosong && chmod 0700 /state/baosong

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /baosong /baosong
# The ledger, the blobs and the scratch folder live here; mount a volume over it.
COPY --from=build --chown=65532:65532 /state/baosong /var/lib/baosong
USER 65532:65532
ENV TMPDIR=/var/lib/baosong
VOLUME ["/var/lib/baosong"]
# Configuration and secrets are mounted read-only at /etc/baosong.
ENTRYPOINT ["/baosong"]
CMD ["serve", "--config", "/etc/baosong/baosong.toml"]
