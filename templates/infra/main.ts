import { App } from "cdktf";
import { readEnvironmentFile } from "./environment";
import { EnvironmentStack } from "./environment-stack";
import { PlatformStack } from "./platform-stack";

const app = new App();
const file = readEnvironmentFile();

if (file.stack === "platform") {
  new PlatformStack(app, "platform", file.platform);
} else {
  new EnvironmentStack(app, "environment", file.environment, file.platform);
}

app.synth();
