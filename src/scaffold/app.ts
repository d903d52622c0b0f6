import type { Runtime } from "../manifest/manifest.js";

/** How the packages of a Node app are installed. */
export type NodePackages = {
  manager: "npm" | "pnpm" | "yarn";
  /** A lock file lies beside `package.json`. */
  locked: boolean;
  /** There is something to install. */
  any: boolean;
  /** There is a `build` script. */
  build: boolean;
  /** Installing runs a script of the app's own, which may need its files and its tools. */
  hooks: boolean;
  /** Major version for the image's tag. */
  node: string;
};

export type PythonPackages = {
  /** File that pip installs from; null = nothing to install. */
  from: "requirements.txt" | "pyproject.toml" | null;
  /** `3.13`, for the image's tag. */
  python: string;
};

/** What a Dockerfile for the app needs to know; the start command is in `App`. */
export type Build =
  | { runtime: "node"; packages: NodePackages }
  | { runtime: "python"; packages: PythonPackages }
  | { runtime: "static" /** Folder with the finished site. */; webRoot: string; packages: NodePackages | null }
  | { runtime: "docker" };

/** What the files in a folder say about the app in it. */
export type App = {
  runtime: Runtime;
  /** False when nothing says that this is an app that can be started. */
  runnable: boolean;
  /** Words that start it; null when the image's own server does, or when nothing tells. */
  start: string[] | null;
  port: number;
  health: string;
  build: Build;
  /** Where each of these comes from, for people: `port 3000 from server.js: …`. */
  evidence: string[];
  /** What will go wrong unless the user does something. */
  warnings: string[];
};

/** The port of an app that says nothing about it. */
export const DEFAULT_PORT = 8080;
/** The path that is asked when no health route is known. */
export const DEFAULT_HEALTH = "/";
