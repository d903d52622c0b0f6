import type { Problem } from "../finding.js";
import type { Moment } from "../moments.js";
import { jobPath, once, type Rule, type Subject } from "../rule.js";

/** Moments in which an environment is changed. */
function changes({ moments }: Subject): Moment[] {
  return moments.filter(({ commands, situation }) => situation.trusted && commands.some(({ verb }) => verb !== "look"));
}

export const concurrency: Rule = {
  id: "concurrency",
  why: "A push, a deletion and the nightly run can change one environment at the same time, and the last one wins.",
  check: (subject) =>
    once([...changes(subject).flatMap((moment) => groupProblem(moment) ?? []), ...deadlocks(subject)]),
};

function groupProblem({ situation, job, concurrency }: Moment): Problem | null {
  if (situation.branch === null) return null;
  const expected = `paas-${situation.branch}`;
  const groups = [concurrency.job, concurrency.workflow].flatMap((found) => (found ? [found.group] : []));
  if (groups.includes(expected.toLowerCase())) return null;
  const fix = `give job ${job.id} the group paas-<branch>, here ${expected}`;
  if (groups.length === 0) {
    return {
      at: jobPath(job.id),
      message: `job ${job.id} changes environments and has no concurrency group`,
      fix: fixed(job.id),
    };
  }
  const at = concurrency.job ? jobPath(job.id, "concurrency") : ["concurrency"];
  return { at, message: `on ${situation.title} the group is ${groups.join(" and ")}`, fix };
}

function fixed(id: string): string {
  return `give job ${id} the group of the branch, paas-\${{ github.ref_name }} on a push`;
}

function deadlocks({ file, moments }: Subject): Problem[] {
  const stuck = moments.filter(({ concurrency: { job, workflow } }) => job !== null && job.group === workflow?.group);
  return stuck.map(({ job }) => ({
    at: jobPath(job.id, "concurrency"),
    message: `job ${job.id} waits for its own workflow, ${file.workflow.name}: both are in one group`,
    fix: "keep the group of the job only",
  }));
}

export const neverCancelled: Rule = {
  id: "never-cancelled",
  why: "A cancelled apply leaves its lock, and resources that no state knows; a cancelled destroy is not repeated.",
  check: (subject) => once(changes(subject).flatMap((moment) => cancelProblems(moment, subject))),
};

function cancelProblems({ job, concurrency }: Moment, { file, project }: Subject): Problem[] {
  const levels = [
    { at: jobPath(job.id, "concurrency"), block: job.concurrency, group: concurrency.job },
    { at: ["concurrency"], block: file.workflow.concurrency, group: concurrency.workflow },
  ];
  return levels.flatMap(({ at, block, group }): Problem[] => {
    if (!group) return [];
    const cancel =
      typeof block === "object" && block !== null && !Array.isArray(block) ? block["cancel-in-progress"] : undefined;
    if (cancel !== undefined && cancel !== false) {
      return [
        {
          at: [...at, "cancel-in-progress"],
          message: `a newer run may cancel job ${job.id} while it works`,
          fix: "write cancel-in-progress: false",
        },
      ];
    }
    if (!project.queue || group.queue === "max") return [];
    return [
      { at, message: `a newer run cancels job ${job.id} while it waits`, fix: "write queue: max below concurrency:" },
    ];
  });
}
