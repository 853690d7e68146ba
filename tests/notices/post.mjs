// SPDX-License-Identifier: Apache-2.0
//
// post.mjs -- a mail server of our own for a test: Exim with its own configuration, STARTTLS, AUTH and a Maildir.
//
//     post = await Post.open()      a free port on 127.0.0.1, nothing of the machine's own mail is touched
//     post.settings()               what `openitr serve` needs to use it
//     post.mails()                  what has arrived, parsed: {headers, text, to}
//     await post.stop(); await post.start(); await post.close()
//
// example.test is ours; nobody@ is refused for good, later@ for now, other domains are not relayed.
import {execFileSync, spawn} from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import {sleep} from "../flow/house.mjs";

const freePort = () => new Promise((resolve) => {
        const s = net.createServer().listen(0, "127.0.0.1", () => {
                const {port} = s.address();
                s.close(() => resolve(port));
        });
});

const words = (s) => s.replace(/\r?\n[ \t]+/g, " ").replace(/(=\?[^?]+\?[BbQq]\?[^?]*\?=)\s+(?==\?)/g, "$1")
        .replace(/=\?([^?]+)\?([BbQq])\?([^?]*)\?=/g, (_, charset, how, text) => new TextDecoder(charset).decode(how.toUpperCase() === "B" ? Buffer.from(text, "base64")
                : Buffer.from(text.replace(/_/g, " ").replace(/=([0-9A-F]{2})/gi, (_2, h) => String.fromCharCode(parseInt(h, 16))), "latin1")));

function parse(raw) {
        const [head, ...body] = raw.split(/\r?\n\r?\n/);
        const headers = {};
        for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/))
                headers[line.slice(0, line.indexOf(":")).toLowerCase()] = words(line.slice(line.indexOf(":") + 1).trim());
        const text = body.join("\n\n"), how = (headers["content-transfer-encoding"] ?? "").toLowerCase();
        const bytes = how === "base64" ? Buffer.from(text, "base64")
                : how === "quoted-printable" ? Buffer.from(text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, h) => String.fromCharCode(parseInt(h, 16))), "latin1")
                : Buffer.from(text);
        return {headers, raw, to: headers.to, subject: headers.subject, text: new TextDecoder("utf-8", {fatal: true}).decode(bytes)};
}

export class Post {
        static async open() {
                const p = new Post();
                p.dir = fs.mkdtempSync(path.join(os.tmpdir(), "openitr-post-"));
                p.port = await freePort();
                for (const d of ["", "spool", "log", "mail"]) {
                        fs.mkdirSync(path.join(p.dir, d), {recursive: true});
                        fs.chmodSync(path.join(p.dir, d), 0o777);      // Exim gives up root for a configuration that is not its own
                }
                execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", `${p.dir}/key.pem`, "-out", `${p.dir}/cert.pem`, "-days", "2",
                                         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], {stdio: "ignore"});
                fs.chmodSync(`${p.dir}/key.pem`, 0o644);
                fs.writeFileSync(`${p.dir}/exim.conf`, p.configuration());
                await p.start();
                return p;
        }
        configuration() {
                return `keep_environment =
spool_directory = ${this.dir}/spool
log_file_path = ${this.dir}/log/%slog
pid_file_path = ${this.dir}/pid
primary_hostname = mail.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${this.port}
tls_advertise_hosts = *
tls_certificate = ${this.dir}/cert.pem
tls_privatekey = ${this.dir}/key.pem
domainlist local_domains = example.test
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = accept
smtp_accept_max = 50
smtp_accept_queue_per_connection = 0
deliver_drop_privilege = true
begin acl
acl_mail:
  require message = login first
          authenticated = *
  accept
acl_rcpt:
  deny message = no such person here
       local_parts = nobody
  defer message = come back later
       local_parts = later
  accept domains = +local_domains
  deny message = relay not permitted
begin routers
local:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  maildir_format = true
  create_directory = true
  directory = ${this.dir}/mail/all
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{itr}}{eq{$auth3}{geheim}}}}
  server_set_id = $auth2
  server_advertise_condition = \${if def:tls_in_cipher}
`;
        }
        async start() {
                this.child = spawn("/usr/sbin/exim4", ["-C", `${this.dir}/exim.conf`, "-bdf", "-q30s"], {stdio: ["ignore", "ignore", "pipe"]});
                this.child.stderr.on("data", (d) => (this.said = (this.said ?? "") + d));
                for (let i = 0; i < 100; i++) {
                        if (await new Promise((resolve) => net.connect(this.port, "127.0.0.1").on("connect", function () { this.destroy(); resolve(true); }).on("error", () => resolve(false))))
                                return;
                        await sleep(50);
                }
                throw new Error(`exim does not listen: ${this.said}`);
        }
        async stop() {
                const ended = new Promise((resolve) => this.child.on("exit", resolve));
                this.child.kill("SIGTERM");
                await ended;
        }
        settings(more = []) {
                return ["--mail-server", `smtp://127.0.0.1:${this.port}`, "--mail-from", "OpenITR 服务 <itr@example.test>", "--mail-user", "itr", "--mail-password", "geheim",
                        "--mail-ca", `${this.dir}/cert.pem`, "--public-url", "https://itr.example.test", ...more];
        }
        mails() {
                const box = `${this.dir}/mail/all/new`;
                return fs.existsSync(box) ? fs.readdirSync(box).sort().map((f) => parse(fs.readFileSync(path.join(box, f), "utf8"))) : [];
        }
        async close() {
                await this.stop();
                fs.rmSync(this.dir, {recursive: true, force: true});
        }
}
