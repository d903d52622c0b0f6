import http from "node:http";
import { answer } from "./answer.js";

const server = http.createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer(process.env)));
});
server.listen(Number(process.env.PORT), () => console.log(`listening, commit ${process.env.PAAS_COMMIT}`));
process.once("SIGTERM", () => server.close());
