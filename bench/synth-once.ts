/** One synth in a process of its own, as a `paas` run does it; prints the milliseconds. */
const [infra = "", nodeModules = "", environmentFile = "", work = ""] = process.argv.slice(2);
const began = performance.now();
const { synthesise } = await import("../src/terraform/synth.js");
await synthesise({ infra, nodeModules, environmentFile, work });
console.log(performance.now() - began);
