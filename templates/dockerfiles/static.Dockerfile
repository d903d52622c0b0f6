# written by paas init: yours to change
{{site}}
RUN find . -type f \( -name '*.html' -o -name '*.css' -o -name '*.js' -o -name '*.svg' \) -exec gzip -k -9 {} +

FROM nginxinc/nginx-unprivileged:1.29-alpine
ENV PORT={{port}}
COPY <<'CONF' /etc/nginx/templates/default.conf.template
server {
  listen ${PORT};
  root /site;
  gzip_static on;
  server_tokens off;
  error_page 404 /404.html;
}
CONF
COPY --from=site {{from}} /site
EXPOSE {{port}}
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD {{healthcheck}}
