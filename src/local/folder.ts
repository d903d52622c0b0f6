import fs from "node:fs";
import path from "node:path";

/** Where the local cloud of one checkout keeps everything: `.paas/local/`, readable by its owner only. */
export type LocalFolder = {
  root: string;
  folder: string;
  /** Names the process that works here; outside the folder, so that it is known whatever became of that. */
  owner: string;
  /** Address and token of the running daemon. */
  daemonFile: string;
  daemonLog: string;
  /** Gateway port, kept for the life of the folder. */
  settings: string;
  storage: string;
  schemas: string;
  images: string;
  cache: string;
  logs: string;
  /** Behind the git remote `local`; outside the folder, so that a push finds its hook whatever became of that. */
  remote: string;
  /** Values of the simulated vaults, apart from everything that could show them. */
  secrets: string;
};

export function localFolder(root: string): LocalFolder {
  const folder = path.join(root, ".paas", "local");
  const inside = (name: string) => path.join(folder, name);
  return {
    root,
    folder,
    owner: path.join(root, ".paas", "daemon.pid"),
    daemonFile: inside("daemon.json"),
    daemonLog: inside("daemon.log"),
    settings: inside("settings.json"),
    storage: inside("storage"),
    schemas: inside("schemas"),
    images: inside("images"),
    cache: inside("cache"),
    logs: inside("logs"),
    remote: path.join(root, ".paas", "remote.git"),
    secrets: path.join(root, ".paas", "secrets"),
  };
}

/** Makes the folder, closed to other users, and keeps all of `.paas` out of git whatever `.gitignore` says. */
export function makeLocalFolder(root: string): LocalFolder {
  const places = localFolder(root);
  fs.mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  fs.chmodSync(places.folder, 0o700);
  const ignore = path.join(root, ".paas", ".gitignore");
  if (!fs.existsSync(ignore)) fs.writeFileSync(ignore, "*\n");
  return places;
}

/** Writes a file as a whole or not at all, readable by its owner only. */
export function writePrivate(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.next`;
  fs.writeFileSync(next, text, { mode: 0o600 });
  fs.renameSync(next, file);
}
