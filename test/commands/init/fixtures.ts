const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const EXPRESS = `const express = require("express");
const app = express();
app.get("/healthz", (_, response) => response.send("ok"));
app.listen(process.env.PORT || 3000);
`;

const FLASK = `import os
from flask import Flask

app = Flask(__name__)

@app.get("/health")
def health():
    return "ok"

if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", 5001)))
`;

/** Repositories as people bring them. */
export const FIXTURES: Record<string, Record<string, string>> = {
  "node-express": {
    "package.json": json({
      name: "@acme/shop",
      scripts: { start: "node server.js" },
      engines: { node: "22.x" },
      dependencies: { express: "^5.1.0" },
    }),
    "package-lock.json": json({ lockfileVersion: 3 }),
    "server.js": EXPRESS,
    ".gitignore": "node_modules\n",
  },
  "node-without-packages": {
    "server.js": 'require("node:http").createServer(answer).listen(process.env.PORT ?? 4000);\n',
    "README.md": "# Hello\n",
  },
  "node-workspaces": {
    "package.json": json({ name: "shop", private: true, workspaces: ["apps/*", "packages/*"] }),
    "package-lock.json": json({ lockfileVersion: 3 }),
    "apps/web/package.json": json({
      name: "web",
      scripts: { start: "next start", build: "next build" },
      dependencies: { next: "15.0.0", "@shop/ui": "*" },
    }),
    "apps/api/package.json": json({
      name: "api",
      scripts: { start: "node server.js" },
      dependencies: { express: "5" },
    }),
    "apps/api/server.js": EXPRESS,
    "packages/ui/package.json": json({ name: "@shop/ui", main: "index.js" }),
    "packages/ui/index.js": "module.exports = {};\n",
  },
  "python-flask": {
    "requirements.txt": "Flask==3.1.0\ngunicorn==23.0.0\n",
    "app.py": FLASK,
    ".python-version": "3.12\n",
  },
  static: { "index.html": "<!doctype html><title>Hello</title>\n", "style.css": "" },
  "foreign-dockerfile": {
    Dockerfile:
      'FROM golang:1.24\nCOPY . .\nEXPOSE 9000\nHEALTHCHECK CMD curl -f http://localhost:9000/up\nCMD ["/shop"]\n',
    "main.go": "package main\n",
  },
  "generated-dockerfile": {
    Dockerfile: '# written by paas init, and changed since\nFROM node:24-slim\nCMD ["node", "server.js"]\n',
    "server.js": "require('http').createServer(answer).listen(process.env.PORT || 3000);\n",
  },
  empty: {},
};
