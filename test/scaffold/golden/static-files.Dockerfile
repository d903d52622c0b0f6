# written by paas init: yours to change
FROM alpine:3.22 AS site
WORKDIR /site
COPY public ./
RUN find . -type f \( -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.svg' \) -exec gzip -k -9 {} +

FROM nginxinc/nginx-unprivileged:1.29-alpine
ENV PORT=3000
COPY <<'CONF' /etc/nginx/templates/default.conf.template
server {
  listen ${PORT};
  root /site;
  gzip_static on;
  server_tokens off;
  error_page 404 /404.html;
}
CONF
COPY --from=site /site /site
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3000/up"]
