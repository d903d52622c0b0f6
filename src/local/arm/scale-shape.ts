import { type Field, type Fields, listOf, objectOf, present, textOf, toArm, toProvider } from "./fields.js";

/* How many replicas an app has: `template.scale` of the REST API, fields and blocks of `template` in the provider. */

const SCALE: Field[] = [
  ["minReplicas", "min_replicas", 0],
  ["maxReplicas", "max_replicas", 0],
  ["cooldownPeriod", "cooldown_period_in_seconds", 0],
  ["pollingInterval", "polling_interval_in_seconds", 0],
];

const AUTHENTICATION: Field[] = [
  ["secretRef", "secret_name", ""],
  ["triggerParameter", "trigger_parameter", ""],
];

const QUEUE: Field[] = [
  ["queueName", "queue_name", ""],
  ["queueLength", "queue_length", 0],
];

/** A kind of rule: its name in the REST API, the provider's block, and what lies in it beside name and authentication. */
type Rule = { arm: string; block: string; toArm(block: Fields): Fields; toProvider(rule: Fields): Fields };

const RULES: Rule[] = [
  {
    arm: "azureQueue",
    block: "azure_queue_scale_rule",
    toArm: (block) => toArm(QUEUE, block),
    toProvider: (rule) => toProvider(QUEUE, rule),
  },
  {
    arm: "custom",
    block: "custom_scale_rule",
    toArm: ({ custom_rule_type: type, metadata }) => present({ type, metadata }),
    toProvider: ({ type, metadata }) => ({ custom_rule_type: textOf(type), metadata: objectOf(metadata) }),
  },
  ...["http", "tcp"].map((arm) => ({
    arm,
    block: `${arm}_scale_rule`,
    toArm: ({ concurrent_requests: concurrentRequests }: Fields) => ({ metadata: { concurrentRequests } }),
    toProvider: ({ metadata }: Fields) => ({ concurrent_requests: textOf(objectOf(metadata).concurrentRequests) }),
  })),
];

export function scaleToArm(template: Fields): Fields {
  const rules = RULES.flatMap((rule) =>
    listOf(template[rule.block]).map((block) => {
      const auth = listOf(block.authentication).map((one) => toArm(AUTHENTICATION, one));
      return { name: block.name, [rule.arm]: present({ ...rule.toArm(block), auth }) };
    }),
  );
  return present({ ...toArm(SCALE, template), rules });
}

export function scaleToProvider(scale: Fields): Fields {
  const blocks = RULES.map((rule) => {
    const ofKind = listOf(scale.rules).filter((one) => one[rule.arm] !== undefined);
    return [rule.block, ofKind.map((one) => ruleToProvider(rule, one))] as const;
  });
  return { ...toProvider(SCALE, scale), ...Object.fromEntries(blocks) };
}

function ruleToProvider(rule: Rule, { name, ...kinds }: Fields): Fields {
  const content = objectOf(kinds[rule.arm]);
  const authentication = listOf(content.auth).map((one) => toProvider(AUTHENTICATION, one));
  return { name: textOf(name), ...rule.toProvider(content), authentication };
}
