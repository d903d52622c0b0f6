import fs from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";

const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];

/**
 * A mirror of azurerm in Terraform's own layout of packed providers: what lies in the archives is not azurerm, but what
 * Terraform does with them, it does for real.
 * @param mirror a folder of the test
 * @param content what the program in the archives says
 */
export function providerMirror(mirror: string, content = "azurerm"): string {
  const folder = path.join(mirror, "registry.terraform.io", "hashicorp", "azurerm");
  fs.mkdirSync(folder, { recursive: true });
  for (const platform of PLATFORMS) {
    const program = Buffer.from(`#!/bin/sh\necho ${content} of ${platform}\n`);
    const name = `terraform-provider-azurerm_4.55.0_${platform}.zip`;
    fs.writeFileSync(path.join(folder, name), zipOf("terraform-provider-azurerm_v4.55.0_x5", program));
  }
  return mirror;
}

/** The real Terraform, but that `providers lock` asks a mirror: Terraform's registry cannot be reached here. */
export function terraformWithMirror(folder: string, mirror: string, terraform = "terraform"): string {
  const script = path.join(folder, "terraform-with-mirror");
  const lock = `[ "$1 $2" = "providers lock" ] && exec terraform "$@" -fs-mirror=${mirror}`;
  fs.writeFileSync(script, `#!/bin/sh\n${lock}\nexec ${terraform} "$@"\n`, { mode: 0o755 });
  return script;
}

/** A zip archive of one stored file; names and sizes as in PKWARE's APPNOTE 4.3. */
function zipOf(name: string, content: Buffer): Buffer {
  const label = Buffer.from(name);
  // Version, flags, method (stored), time, date, checksum, sizes.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(content.length, 14);
  common.writeUInt32LE(content.length, 18);
  common.writeUInt16LE(label.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, label, content]);
  const executable = Buffer.alloc(14);
  executable.writeUInt32LE((0o100755 << 16) >>> 0, 6);
  const madeByUnix = Buffer.from([20, 3]);
  const entry = Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), madeByUnix, common, executable, label]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, Buffer.from("PK\x05\x06", "latin1"), end]);
}
