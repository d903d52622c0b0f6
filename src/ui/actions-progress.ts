import type { Actions } from "./actions.js";
import type { Palette } from "./palette.js";
import { type Progress, plainProgress } from "./progress.js";

/**
 * Plain lines as in any log; what a step printed is folded away when it ends well, and stands open when it fails. Steps
 * run side by side and groups cannot, so the lines are kept until then.
 */
export function actionsProgress(actions: Actions, note: (line: string) => void, palette: Palette): Progress {
  const plain = plainProgress(note, palette);
  const kept = new Map<string, string[]>();
  const keep = (step: string, line: string) => {
    const lines = kept.get(step);
    if (lines) lines.push(line);
    else kept.set(step, [line]);
  };
  const take = (step: string) => {
    const lines = kept.get(step) ?? [];
    kept.delete(step);
    return lines;
  };
  return {
    event: (event) => {
      const { step, status, detail = "" } = event;
      if (status === "line") return keep(step, detail);
      if (status === "warning") return actions.warning(detail);
      if (status === "done") {
        const lines = take(step);
        if (lines.length > 0) actions.group(`output of ${step}`, lines);
      }
      if (status === "failed") for (const line of take(step)) note(`  ${line}`);
      plain.event(event);
    },
    close: () => {
      plain.close();
      for (const step of [...kept.keys()]) actions.group(`output of ${step}, which did not end`, take(step));
    },
  };
}
