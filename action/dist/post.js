// Generated from action/src by `npm run build:action`; a test compares it with its source.

// src/protocol/oauth.ts
var FORM_CONTENT_TYPE = "application/x-www-form-urlencoded";

// src/protocol/paths.ts
var REVOKE_PATH = "/revoke";

// src/client/endpoint.ts
var LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];
var SCHEME_FAULT = "must be https; http is for loopback addresses only";
function findGatewayUrlFault(text) {
  if (!URL.canParse(text)) return "must be the URL of a gateway";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not hold a user name or password";
  if (/[?#]/.test(text)) return "must have no query and no fragment";
  return findSchemeFault(url);
}
function findSchemeFault({ protocol, hostname }, isLocal = false) {
  if (protocol === "https:") return void 0;
  const isLoopback = isLocal || LOOPBACK_HOSTS.includes(hostname);
  return protocol === "http:" && isLoopback ? void 0 : SCHEME_FAULT;
}
function endpointUrl(gatewayUrl, path) {
  const fault = typeof gatewayUrl === "string" ? findGatewayUrlFault(gatewayUrl) : "must be text";
  if (fault !== void 0) throw new TypeError(`url ${fault}`);
  return `${new URL(gatewayUrl).href.replace(/\/+$/, "")}${path}`;
}

// src/protocol/template-fault.ts
var TEMPLATE_FAULT_CAUSES = [
  "absent",
  "not_scalar",
  "unreadable",
  "claim_too_long",
  "result_too_long"
];
function describeTemplateFault(fault) {
  return `the template of ${fault.template} does not render: ${describeCause(fault)}`;
}
function describeCause({ claim = "", cause, length, limit }) {
  switch (cause) {
    case "absent":
      return `the claim ${claim} is absent`;
    case "not_scalar":
      return `the claim ${claim} is a list or an object`;
    case "unreadable":
      return `the claim ${claim} has a value that no rule can read`;
    case "claim_too_long":
      return `the claim ${claim} has ${length} characters, and ${limit} are allowed`;
    case "result_too_long": {
      const remedy = claim === "" ? "" : `; use {${claim}|sha256}`;
      return `the result has ${length} bytes, and ${limit} are allowed${remedy}`;
    }
  }
}

// src/client/exchange-error.ts
var ExchangeError = class extends Error {
  name = "ExchangeError";
  code;
  /** The HTTP status, where an answer came. */
  status;
  /** One sentence. */
  description;
  /** Finds the decision in the gateway's log. */
  decisionId;
  /** Which rules came near and what each condition saw, for callers of a rule's own tenant. */
  explanation;
  /** How long the gateway asks to be left alone. */
  retryAfterSeconds;
  /** Whether the same call may succeed later, with nothing changed. */
  isTemporary;
  constructor(facts) {
    super(`${facts.description} (${facts.code})`, { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status;
    this.description = facts.description;
    this.decisionId = facts.decisionId;
    this.explanation = facts.explanation ?? [];
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.isTemporary = facts.isTemporary ?? isTemporary(facts.code);
  }
};
var CODES = {
  invalid_request: false,
  invalid_client: false,
  invalid_grant: false,
  unauthorized_client: false,
  unsupported_grant_type: false,
  invalid_scope: false,
  invalid_target: false,
  invalid_token: false,
  insufficient_scope: false,
  unsupported_token_type: false,
  server_error: true,
  temporarily_unavailable: true
};
function isTemporary(code) {
  return code === "unreachable" || isCode(code) && CODES[code];
}
function judgeRefusal(answer) {
  const { status } = answer;
  const retryAfterSeconds = readRetryAfter(answer.headers);
  const body = parseObject(answer.text) ?? {};
  const code = body.error;
  if (!isCode(code)) {
    const description2 = `the answer (status ${status}) is not a gateway's`;
    return new ExchangeError({ code: "invalid_response", status, description: description2, retryAfterSeconds });
  }
  const { error_description: description, decision_id: decisionId } = body;
  return new ExchangeError({
    code,
    status,
    description: typeof description === "string" ? description : "the gateway gave no reason",
    decisionId: typeof decisionId === "string" ? decisionId : void 0,
    explanation: readExplanation(body.explanation),
    retryAfterSeconds
  });
}
function parseObject(text) {
  const value = parseJson(text);
  return isObject(value) ? value : void 0;
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}
function isCode(code) {
  return typeof code === "string" && Object.hasOwn(CODES, code);
}
function readRetryAfter(headers) {
  const value = headers.get("retry-after") ?? "";
  return /^[0-9]{1,6}$/.test(value) ? Number(value) : void 0;
}
function readExplanation(value) {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) => {
    if (!isObject(entry)) return [];
    const { rule, outcome, conditions } = entry;
    if (typeof rule !== "string" || typeof outcome !== "string") return [];
    const list = Array.isArray(conditions) ? conditions : [];
    const explained = { rule, outcome, conditions: list.flatMap(readCondition) };
    const template = readTemplate(entry.template);
    return [template === void 0 ? explained : { ...explained, template }];
  });
}
function readTemplate(value) {
  if (!isObject(value) || typeof value.template !== "string") return void 0;
  const cause = TEMPLATE_FAULT_CAUSES.find((known) => known === value.cause);
  if (cause === void 0) return void 0;
  const { template, claim, length, limit } = value;
  return {
    template,
    cause,
    ...typeof claim === "string" ? { claim } : {},
    ...typeof length === "number" ? { length } : {},
    ...typeof limit === "number" ? { limit } : {}
  };
}
function readCondition(value) {
  if (!isObject(value)) return [];
  const { claim, holds, expected, presented } = value;
  if (typeof claim !== "string" || typeof holds !== "boolean" || typeof expected !== "string") {
    return [];
  }
  return [{ claim, holds, expected, presented: typeof presented === "string" ? presented : null }];
}
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/client/deadline.ts
function startDeadline(milliseconds, caller) {
  const controller = new AbortController();
  const abort = () => controller.abort(caller?.reason);
  const timer = setTimeout(abort, milliseconds);
  if (caller?.aborted === true) abort();
  caller?.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      caller?.removeEventListener("abort", abort);
    }
  };
}

// src/client/limits.ts
var MAX_ANSWER_BYTES = 256 * 1024;
var TIMEOUT_MILLISECONDS = 1e4;
var MAX_SOURCE_BYTES = 32 * 1024;

// src/client/system-code.ts
function systemCode(error) {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  if (typeof code === "number") return code;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : void 0;
}

// src/client/send.ts
async function send(ask) {
  const deadline = startDeadline(ask.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS, ask.signal);
  try {
    const response = await (ask.fetch ?? globalThis.fetch)(ask.url, {
      method: ask.method,
      headers: { accept: "application/json", ...ask.headers },
      body: ask.body ?? null,
      // workerd refuses `redirect: 'error'`, so the redirect is seen and refused below.
      redirect: "manual",
      cache: "no-store",
      signal: deadline.signal
    });
    if (response.type === "opaqueredirect" || response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw invalid(response.status, "the gateway answered with a redirect, which is not followed");
    }
    const text = await readText(response, ask.maxBytes ?? MAX_ANSWER_BYTES);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    ask.signal?.throwIfAborted();
    const { host } = new URL(ask.url);
    const code = error instanceof Error ? systemCode(error.cause) : void 0;
    throw new ExchangeError({
      code: "unreachable",
      description: deadline.signal.aborted ? `${host} did not answer in time` : `cannot reach ${host}${code === void 0 ? "" : ` (${code})`}`,
      cause: error
    });
  } finally {
    deadline.stop();
  }
}
async function readText(response, maxBytes) {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  let text = "";
  while (reader !== void 0) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw invalid(response.status, `the answer is larger than ${maxBytes} bytes`);
    }
    text += decode(() => decoder.decode(value, { stream: true }), response.status);
  }
  return text + decode(() => decoder.decode(), response.status);
}
function decode(read, status) {
  try {
    return read();
  } catch {
    throw invalid(status, "the answer is not UTF-8 text");
  }
}
function invalid(status, description) {
  return new ExchangeError({ code: "invalid_response", status, description });
}

// src/client/revoke.ts
async function revoke(options) {
  judgeRevocation(await sendRevocation(options));
}
async function sendRevocation({ url, token, signal, fetch }) {
  if (typeof token !== "string" || token === "") throw new TypeError("token must be text");
  return send({
    url: endpointUrl(url, REVOKE_PATH),
    method: "POST",
    headers: { "content-type": FORM_CONTENT_TYPE },
    body: new URLSearchParams({ token }).toString(),
    signal,
    fetch
  });
}
function judgeRevocation(answer) {
  if (answer.status !== 200) throw judgeRefusal(answer);
}

// action/src/step-failure.ts
var StepFailure = class extends Error {
  name = "StepFailure";
  /** What else to know or to change, a line each. */
  hints;
  constructor(sentence, hints = []) {
    super(sentence);
    this.hints = hints;
  }
};

// action/src/describe-failure.ts
function describeFailure(error) {
  if (error instanceof StepFailure) return [error.message, ...error.hints];
  if (error instanceof ExchangeError) return describeExchange(error);
  if (error instanceof TypeError) return [error.message];
  return [`a fault of this action (${error instanceof Error ? error.name : typeof error})`];
}
function describeExchange(error) {
  const { code, description, decisionId, retryAfterSeconds } = error;
  const decision = decisionId === void 0 ? [] : [`the decision is ${decisionId}`];
  switch (code) {
    case "unreachable":
    case "source_unavailable":
      return [description];
    case "invalid_response":
      return [description, "check url: it is the issuer URL of the gateway"];
    case "temporarily_unavailable":
    case "server_error": {
      const wait = retryAfterSeconds === void 0 ? [] : [`try again in ${retryAfterSeconds} s`];
      return [`${description} (${code})`, ...wait, ...decision];
    }
    default: {
      const reasons = error.explanation.flatMap(explain);
      return [`refused: ${description} (${code})`, ...reasons, ...decision];
    }
  }
}
var OUTCOMES = /* @__PURE__ */ new Map([
  ["expired", "it has expired"],
  ["denied", "it denies this"],
  ["not_named", "the step names another rule"],
  ["scope_not_granted", "it does not grant every scope asked for"],
  ["other_resource", "it is for another resource"]
]);
function explain({ rule, outcome, conditions, template }) {
  if (template !== void 0) return [`${rule}: ${describeTemplateFault(template)}`];
  const failed = conditions.filter(({ holds }) => !holds).map(({ claim, expected, presented }) => {
    return `${rule}: ${claim} must be ${expected}, was ${presented ?? "absent"}`;
  });
  if (failed.length > 0) return failed;
  const sentence = OUTCOMES.get(outcome);
  return sentence === void 0 ? [] : [`${rule}: ${sentence}`];
}

// action/src/private-files.ts
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
var PREFIX = "edgemint-";
function removeAll(state) {
  const { directory, path } = state;
  return [
    ...path === void 0 ? [] : remove(path, false),
    ...directory === void 0 || !isOurs(directory) ? [] : remove(directory, true)
  ];
}
function remove(path, recursive) {
  try {
    rmSync(path, { force: true, recursive });
    return [];
  } catch (error) {
    return [`cannot remove ${path} (${errorCode(error)})`];
  }
}
function isOurs(directory) {
  const temp = process.env.RUNNER_TEMP ?? "";
  if (temp === "" || !basename(directory).startsWith(PREFIX)) return false;
  return dirname(resolve(directory)) === resolve(temp);
}
function errorCode(error) {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

// action/src/workflow-commands.ts
function annotate(level, lines) {
  write(`::${level} title=Edgemint::${escapeData(lines.map(makePlain).join("\n"))}`);
}
function say(line) {
  write(`edgemint: ${makePlain(line).replaceAll("##[", "## [")}`);
}
function write(line) {
  process.stdout.write(`${line}
`);
}
function escapeData(text) {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
var UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
function makePlain(text) {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

// action/src/post.ts
try {
  await main();
} catch (error) {
  annotate("warning", describeFailure(error));
}
async function main() {
  const failures = removeAll({ directory: readState("directory"), path: readState("path") });
  if (failures.length > 0) annotate("warning", failures);
  const [token, url] = [readState("token"), readState("url")];
  if (token === void 0 || url === void 0) return;
  try {
    await revoke({ url, token });
    say("the token is revoked");
  } catch (error) {
    const [reason, ...more] = describeFailure(error);
    annotate("warning", [`the token was not revoked: ${reason}`, ...more, "it ends by itself"]);
  }
}
function readState(name) {
  const value = process.env[`STATE_${name}`];
  return value === "" ? void 0 : value;
}
