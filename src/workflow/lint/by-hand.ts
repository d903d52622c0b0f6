import { type JsonObject, objectOf, textsOf } from "../rehearse/json.js";
import type { Workflow } from "../rehearse/workflow-file.js";
import { COMMANDS, type Situation, VERBS } from "./situations.js";

/**
 * A run by hand in the words of a workflow that may call its inputs as it likes: the choice among commands of paas is
 * the command, the text that is called like one is the environment. Null when the file cannot be asked for that.
 */
export function inItsWords(situation: Situation, workflow: Workflow): Situation | null {
  const { dispatch } = situation.event;
  if (!dispatch) return situation;
  const { command = "", environment = "" } = dispatch.inputs;
  const declared = Object.entries(objectOf(objectOf(workflow.on.workflow_dispatch).inputs)).map(
    ([name, declaration]): Input => ({ name, declaration: objectOf(declaration) }),
  );
  const choice = declared.find(({ declaration }) => optionsOf(declaration).some((option) => option in COMMANDS));
  const text = declared.find(isEnvironment);
  if (!text || (choice && !optionsOf(choice.declaration).includes(command))) return null;

  const others = declared.map(({ name, declaration }) => [name, untold(declaration)]);
  const chosen = choice ? { [choice.name]: command } : {};
  const inputs = { ...Object.fromEntries(others), ...chosen, [text.name]: environment };
  const asked = { ...situation, event: { ...situation.event, dispatch: { ...dispatch, inputs } } };
  return choice ? asked : { ...asked, title: `a run by hand for ${environment}`, allowed: VERBS };
}

type Input = { name: string; declaration: JsonObject };

function isEnvironment({ name, declaration }: Input): boolean {
  const type = declaration.type ?? "string";
  return type === "environment" || (type === "string" && /env|branch|target|^name$|^id$/i.test(name));
}

function optionsOf(declaration: JsonObject): string[] {
  return declaration.type === "choice" ? textsOf(declaration.options) : [];
}

function untold(declaration: JsonObject): string {
  const [first = ""] = optionsOf(declaration);
  return String(declaration.default ?? (declaration.type === "boolean" ? "false" : first));
}
