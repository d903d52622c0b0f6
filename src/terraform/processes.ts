import fs from "node:fs";
import path from "node:path";

/** A process of this machine and the folder that it works in. */
type Worker = { pid: number; folder: string };

/**
 * Processes of this machine that work in a folder or below it.
 * @param ending the folder's last parts, `.paas/work/local/alice`: the same environment in any checkout
 * @returns their ids; null where the system does not tell (no /proc)
 */
export function processesIn(ending: string): number[] | null {
  return (
    workers()
      ?.filter(({ folder }) => `${folder}/`.includes(`/${ending}/`))
      .map(({ pid }) => pid) ?? null
  );
}

/**
 * Terraforms and OpenTofus that a person has started by hand somewhere in a checkout, outside the folders of our runs.
 * @param root top folder of the checkout
 * @returns their ids; null where the system does not tell (no /proc)
 */
export function terraformByHand(root: string): number[] | null {
  const inside = ({ folder }: Worker) => `${folder}/`.startsWith(`${root}/`) && !folder.includes("/.paas/work/");
  return (
    workers()
      ?.filter((worker) => inside(worker) && isTerraform(worker))
      .map(({ pid }) => pid) ?? null
  );
}

function workers(): Worker[] | null {
  if (!fs.existsSync("/proc/self/cwd")) return null;
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({ pid: Number(pid), folder: ofProcess(() => fs.readlinkSync(`/proc/${pid}/cwd`)) }));
}

function isTerraform({ pid }: Worker): boolean {
  const program = ofProcess(() => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0")[0] ?? "";
  return ["terraform", "tofu"].includes(path.basename(program));
}

/** Empty for a process that has ended meanwhile, or is another user's. */
function ofProcess(look: () => string): string {
  try {
    return look();
  } catch {
    return "";
  }
}
