/** A process with the storage behind a front, so that a test can kill it. */
import { makeCertificate } from "../../../src/local/certificate.js";
import { type Handler, startFront } from "../../../src/local/front.js";
import { openStorage } from "../../../src/local/storage.js";
import { makeSecret, mintToken } from "../../../src/local/token.js";

const [, , folder = "", account = ""] = process.argv;
const certificate = makeCertificate();
const secret = makeSecret();
const storage = await openStorage({ folder, account });
const absent: Handler = (_request, response) => void response.writeHead(404).end();
const parts = { storage: storage.listener, entra: absent, arm: absent, control: absent };
const front = await startFront({ certificate, secret, account, ...parts });
const token = mintToken(secret, { audience: "paas", lifetime: 600 });
process.stdout.write(`${JSON.stringify({ url: `${front.url}/${account}`, ca: certificate.cert, token })}\n`);
