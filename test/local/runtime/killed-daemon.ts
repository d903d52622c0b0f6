/** A daemon's stand-in that its test kills: runs the apps of a folder's store, and says so on stdout. */
import { startRuntime } from "../../../src/local/runtime/runtime.js";
import { Store } from "../../../src/local/store.js";
import { placesIn } from "./open-runtime.js";

const [folder = ""] = process.argv.slice(2);
const store = Store.open(folder);
const runtime = await startRuntime({ ...placesIn(folder), store, secretValue: () => undefined });
await runtime.idle();
const apps = store.list("azurerm_container_app").map(({ id }) => ({ id, ...runtime.status(id) }));
console.log(JSON.stringify(apps));
setInterval(() => {}, 1000);
