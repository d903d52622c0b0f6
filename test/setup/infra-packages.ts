/** What the first run on a new machine says and takes is not what the tests are about. */
export { warmPackages as default } from "../helpers/warm-packages.js";
