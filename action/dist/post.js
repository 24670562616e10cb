// Generated from action/src by `npm run build:action`; a test compares it with its source.

// src/web/host.ts
function isLoopbackName(name) {
  const bare = name.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(bare);
}

// src/web/json.ts
function isJsonObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/client/option-error.ts
var OptionError = class extends TypeError {
};
function demand(holds, sentence) {
  if (!holds) throw new OptionError(sentence);
}
function demandNames(options, names) {
  demand(isJsonObject(options), "options must be an object");
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  demand(unknown === void 0, `unknown option "${unknown}"`);
}
function demandFunction(name, value) {
  demand(value === void 0 || typeof value === "function", `${name} must be a function`);
}

// src/client/exchange/endpoint.ts
var SCHEME_FAULT = "must be https; http is for loopback addresses only";
function findGatewayUrlFault(text) {
  if (!URL.canParse(text)) return "must be the URL of a gateway";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return "must not contain a user name or password";
  if (/[?#]/.test(text)) return "must have no query and no fragment";
  if (url.hostname.endsWith(".")) return "must have no dot at the end of its host";
  return findSchemeFault(url);
}
function findSchemeFault({ protocol, hostname }, isLocal = false) {
  if (protocol === "https:") return void 0;
  const isLoopback = isLocal || isLoopbackName(hostname);
  return protocol === "http:" && isLoopback ? void 0 : SCHEME_FAULT;
}
function canonicalGatewayUrl(text) {
  const fault = typeof text === "string" ? findGatewayUrlFault(text) : "must be a string";
  if (fault !== void 0) throw new OptionError(`url ${fault}`);
  return new URL(text).href.replace(/\/+$/, "");
}
function endpointUrl(gatewayUrl, path) {
  return canonicalGatewayUrl(gatewayUrl) + path;
}

// src/client/limits.ts
var MAX_ANSWER_BYTES = 256 * 1024;
var TIMEOUT_MILLISECONDS = 1e4;
var MAX_SOURCE_BYTES = 32 * 1024;
var RETRY_SECONDS = 20;
var MAX_RETRY_AFTER_SECONDS = 90;
var LARGEST_RETRY_AFTER_SECONDS = 999999;
var RETRY_FIRST_MILLISECONDS = 500;
var RETRY_LARGEST_MILLISECONDS = 5e3;
var RETRY_AFTER_SPREAD = 0.25;

// src/protocol/template-fault.ts
var TEMPLATE_FAULT_CAUSES = [
  "absent",
  "not_scalar",
  "unreadable",
  "refused",
  "unusable",
  "claim_too_long",
  "result_too_long"
];
var BUDGET_TEMPLATE = "budget.per";
function describeTemplateFault(fault) {
  const what = fault.template === BUDGET_TEMPLATE ? "the budget cannot be counted" : `the template of ${fault.template} does not render`;
  return `${what}: ${describeCause(fault)}`;
}
function describeCause({ claim = "", cause, length, limit }) {
  const named = `the claim ${claim}`;
  const result = "the result has";
  const hashed = `; use {${claim}|sha256}`;
  switch (cause) {
    case "absent":
      return `${named} is absent`;
    case "not_scalar":
      return `${named} is a list or an object`;
    case "unreadable":
      return `${named} has an unreadable value`;
    case "claim_too_long":
      return `${named} has ${length} characters, and ${limit} are allowed`;
    case "result_too_long": {
      const remedy = claim === "" ? "" : hashed;
      return `${result} ${length} bytes, and ${limit} are allowed${remedy}`;
    }
    case "unusable":
      return claim === "" ? 'the result is no URI, or has a path segment "." or ".."' : `${named} does not fit into the URI${hashed}`;
    case "refused":
      return limit === void 0 ? "the consumer of the resource does not accept the result" : `${result} ${length} characters, and the consumer of the resource requires ${limit}`;
  }
}

// src/client/exchange/exchange-error.ts
var ExchangeError = class extends Error {
  name = "ExchangeError";
  code;
  /** The HTTP status, if a response arrived. */
  status;
  /** One sentence. */
  description;
  /** The id of the decision in the gateway's log. */
  decisionId;
  /** The rules that nearly matched, and each condition's result. Only for callers of a rule's tenant. */
  explanation;
  /** The value of `Retry-After`, in seconds. */
  retryAfterSeconds;
  /** Whether the same call may succeed later without a change. */
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
  invalid_dpop_proof: false,
  use_dpop_nonce: false,
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
  if (!isCode(code)) return judgeStranger(answer);
  const { error_description: description, decision_id: decisionId } = body;
  return new ExchangeError({
    code,
    status,
    description: typeof description === "string" ? description : "the gateway gave no reason",
    decisionId: typeof decisionId === "string" ? decisionId : void 0,
    explanation: readExplanation(body.explanation),
    retryAfterSeconds,
    isTemporary: isPassingStatus(status) || isTemporary(code)
  });
}
function isPassingStatus(status) {
  return [408, 425, 429].includes(status) || status >= 500;
}
function judgeStranger({ status, headers }) {
  const product = /^[\w.-]{1,40}/.exec(headers.get("server") ?? "")?.[0];
  const facts = product === void 0 ? `status ${status}` : `status ${status}, server ${product}`;
  const isPassing = isPassingStatus(status);
  return new ExchangeError({
    code: "invalid_response",
    status,
    description: isPassing ? `a server in front of the gateway answered (${facts})` : `the answer (${facts}) is not from a gateway`,
    retryAfterSeconds: readRetryAfter(headers),
    isTemporary: isPassing
  });
}
function parseObject(text) {
  const value = parseJson(text);
  return isJsonObject(value) ? value : void 0;
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
  if (/^[0-9]+$/.test(value)) return Math.min(Number(value), LARGEST_RETRY_AFTER_SECONDS);
  if (!value.endsWith(" GMT")) return void 0;
  const sentAt = Date.parse(headers.get("date") ?? "") || Date.now();
  const seconds = Math.ceil((Date.parse(value) - sentAt) / 1e3);
  return Number.isNaN(seconds) ? void 0 : Math.max(0, seconds);
}
function readExplanation(value) {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry) => {
    if (!isJsonObject(entry)) return [];
    const { rule, outcome, conditions } = entry;
    if (typeof rule !== "string" || typeof outcome !== "string") return [];
    const list = Array.isArray(conditions) ? conditions : [];
    const explained = { rule, outcome, conditions: list.flatMap(readCondition) };
    const template = readTemplate(entry.template);
    return [template === void 0 ? explained : { ...explained, template }];
  });
}
function readTemplate(value) {
  if (!isJsonObject(value) || typeof value.template !== "string") return void 0;
  const { template, claim, length, limit } = value;
  const cause = TEMPLATE_FAULT_CAUSES.find((known) => known === value.cause);
  return cause && {
    template,
    cause,
    ...typeof claim === "string" ? { claim } : {},
    ...typeof length === "number" ? { length } : {},
    ...typeof limit === "number" ? { limit } : {}
  };
}
function readCondition(value) {
  if (!isJsonObject(value)) return [];
  const { claim, holds, expected, presented } = value;
  if (typeof claim !== "string" || typeof holds !== "boolean" || typeof expected !== "string") {
    return [];
  }
  return [{ claim, holds, expected, presented: typeof presented === "string" ? presented : null }];
}

// src/web/deadline.ts
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
function wait(milliseconds, signal) {
  return new Promise((resolve2, reject) => {
    const timer = setTimeout(pass, milliseconds);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop);
    function pass() {
      signal?.removeEventListener("abort", stop);
      resolve2();
    }
    function stop() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      reject(signal?.reason);
    }
  });
}

// src/client/http/retry.ts
async function retry(attempt, options = {}) {
  const { seconds = RETRY_SECONDS, signal, onPause } = options;
  const longest = Math.max(seconds, MAX_RETRY_AFTER_SECONDS);
  const startedAt = performance.now();
  let rested = 0;
  let previous;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      const before = previous && `; the previous try: ${previous.description}`;
      if (!error.isTemporary) throw before === void 0 ? error : extend(error, before);
      const { retryAfterSeconds = 0 } = error;
      const pause = pauseAfter(tries, retryAfterSeconds);
      const elapsed = performance.now() - startedAt;
      const own = elapsed - rested + (retryAfterSeconds === 0 ? pause : 0);
      const named = rested / 1e3 / (1 + RETRY_AFTER_SPREAD) + retryAfterSeconds;
      if (seconds === 0 || own > seconds * 1e3 || named > longest) {
        const spent = `; ${tries} tries in ${Math.ceil(elapsed / 1e3)} seconds`;
        throw tries === 1 ? error : extend(error, spent);
      }
      onPause?.(error, pause);
      await wait(pause, signal);
      if (retryAfterSeconds > 0) rested += pause;
      previous = error;
    }
  }
}
function pauseAfter(tries, retryAfterSeconds = 0) {
  const named = retryAfterSeconds * 1e3;
  const own = Math.min(RETRY_LARGEST_MILLISECONDS, RETRY_FIRST_MILLISECONDS * 2 ** (tries - 1));
  return named + Math.random() * Math.max(own, named * RETRY_AFTER_SPREAD);
}
function extend(error, more) {
  return new ExchangeError({
    ...error,
    description: error.description + more,
    cause: error.cause
  });
}

// src/client/system-code.ts
function systemCode(error) {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  if (typeof code === "number") return code || void 0;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : void 0;
}

// src/protocol/oauth.ts
var FORM_CONTENT_TYPE = "application/x-www-form-urlencoded";

// src/protocol/paths.ts
var REVOKE_PATH = "/revoke";

// src/web/bytes.ts
function joinBytes(chunks) {
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
var decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decodeUtf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return void 0;
  }
}
function skipByteOrderMark(text) {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

// src/web/read-bounded.ts
async function readBounded(source, maxBytes) {
  const chunks = [];
  let size = 0;
  for await (const chunk of source === null ? [] : piecesOf(source)) {
    size += chunk.byteLength;
    if (size > maxBytes) return void 0;
    chunks.push(chunk);
  }
  return joinBytes(chunks);
}
async function* piecesOf(source) {
  if (!("getReader" in source)) return yield* source;
  const reader = source.getReader();
  let isDone = false;
  try {
    while (!isDone) {
      const { done, value } = await reader.read();
      isDone = done;
      if (value !== void 0) yield value;
    }
  } finally {
    if (!isDone) await reader.cancel();
  }
}

// src/client/built-in.ts
function findProcess() {
  return globalThis.process;
}
function builtIn(name) {
  const found = findProcess()?.getBuiltinModule?.(name);
  if (typeof found !== "object" || found === null) throw new Error(`no ${name}`);
  return found;
}

// src/client/http/local-address.ts
var METADATA_HOSTS = [
  "metadata",
  "metadata.goog",
  "metadata.google.internal",
  "[fd00:ec2::23]",
  "[fd00:ec2::254]",
  "[fd20:ce::254]"
];
var LINK_LOCAL_IPV4 = /^(?:0\.0\.0\.0|169\.254\.\d+\.\d+)$/;
var LINK_LOCAL_IPV6 = /^\[(?:::|fe[89ab][0-9a-f]:[0-9a-f:]*)\]$/;
var MAPPED_IPV4 = /^\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|a9fe:[0-9a-f]{1,4}|0:0)\]$/;
function isLocalAddress(hostname) {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return isLoopbackName(host) || host.endsWith(".localhost") || METADATA_HOSTS.includes(host) || LINK_LOCAL_IPV4.test(host) || LINK_LOCAL_IPV6.test(host) || MAPPED_IPV4.test(host);
}

// src/client/http/route.ts
var DIRECT = { kind: "direct" };
var USUAL = { kind: "usual" };
function chooseRoute(url, runtime = findRuntime()) {
  const { environment, proxies } = runtime;
  if (proxies === "ignored") return USUAL;
  const isLocal = isLocalAddress(url.hostname);
  if (isLocal && proxies !== "forced") return DIRECT;
  const proxy = findProxy(url.protocol, runtime);
  const isPlain = url.protocol === "http:";
  if (proxy === void 0 || isExempt(url, environment)) {
    return isPlain && proxies !== "forced" ? DIRECT : USUAL;
  }
  if (isPlain || isLocal) {
    const reason = `${proxy.variable} would send the request to ${url.host} through a proxy`;
    return { kind: "refused", reason: `${reason}: add ${url.hostname} to NO_PROXY` };
  }
  if (proxies === "unsupported") {
    const reason = `${proxy.variable} names a proxy, which Node ${runtime.version} cannot use`;
    const next = "use Node 22.21, 24.5 or later, or unset NODE_USE_ENV_PROXY";
    return { kind: "refused", reason: `${reason}: ${next}` };
  }
  return { kind: "usual", proxy };
}
function findProxy(protocol, { environment, proxies }) {
  const forHttp = ["http_proxy", "HTTP_PROXY"];
  const names = protocol === "https:" ? ["https_proxy", "HTTPS_PROXY", ...forHttp] : forHttp;
  const forAll = proxies === "forced" ? ["all_proxy", "ALL_PROXY"] : [];
  for (const variable of [...names, ...forAll]) {
    const value = environment[variable];
    if (value !== void 0 && value !== "") return { variable, value };
  }
  return void 0;
}
var DEFAULT_PORTS = { "http:": "80", "https:": "443" };
function isExempt({ protocol, hostname, port }, environment) {
  const list = environment.no_proxy || environment.NO_PROXY || "";
  const host = hostname.toLowerCase();
  return list.split(/[,\s]+/).some((entry) => {
    if (entry === "*") return true;
    const [, name = entry, itsPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (itsPort !== void 0 && itsPort !== (port || DEFAULT_PORTS[protocol])) return false;
    const bare = name.toLowerCase().replace(/^\*?\./, "");
    return bare !== "" && (host === bare || host.endsWith(`.${bare}`));
  });
}
var FLAG = "--use-env-proxy";
function findRuntime() {
  const { env: environment = {}, version, versions, ...rest } = findFacts();
  if (versions.bun !== void 0 || versions.deno !== void 0) {
    return { environment, proxies: "forced" };
  }
  const isAsked = environment.NODE_USE_ENV_PROXY === "1" || rest.execArgv.includes(FLAG) || (environment.NODE_OPTIONS ?? "").split(/\s+/).includes(FLAG);
  if (!isAsked && !hasProxyDispatcher()) return { environment, proxies: "ignored" };
  const isSupported = rest.hasFlag || !isAsked;
  return { environment, proxies: isSupported ? "used" : "unsupported", version };
}
function findFacts() {
  const { env, version, versions = {}, execArgv = [], ...rest } = findProcess() ?? {};
  const hasFlag = rest.allowedNodeEnvironmentFlags?.has(FLAG) === true;
  return { env, version, versions, execArgv, hasFlag };
}
function hasProxyDispatcher() {
  return ["1", "2"].some((generation) => {
    const name = /* @__PURE__ */ Symbol.for(`undici.globalDispatcher.${generation}`);
    const dispatcher = Reflect.get(globalThis, name);
    return dispatcher instanceof Object && /Proxy/.test(dispatcher.constructor.name);
  });
}

// src/client/http/fetch-routed.ts
async function fetchRouted(input, init) {
  if (input instanceof Request) return globalThis.fetch(input, init);
  const url = new URL(input);
  const route = chooseRoute(url);
  if (route.kind === "refused") throw new ProxyFault(route.reason);
  return route.kind === "direct" ? fetchDirect(url, init ?? {}) : globalThis.fetch(url, init);
}
var ProxyFault = class extends Error {
};
async function fetchDirect(url, { method, headers, body, signal }) {
  try {
    const { Agent, request } = builtIn(url.protocol === "https:" ? "node:https" : "node:http");
    const target = {
      protocol: url.protocol,
      // Only URLs write an IPv6 address in brackets.
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port,
      path: url.pathname + url.search
    };
    const options = { ...target, method, headers: { ...headers, host: url.host } };
    const bounds = { agent: new Agent(), ...signal && { signal } };
    const answer = await new Promise((resolve2, reject) => {
      const asked = request({ ...options, ...bounds }, resolve2);
      asked.on("error", reject);
      asked.end(typeof body === "string" ? body : void 0);
    });
    const fields = Object.entries(answer.headers).flatMap(
      ([name, values]) => [values ?? []].flat().map((value) => [name, value])
    );
    const status = answer.statusCode ?? 0;
    const hasBody = ![204, 205, 304].includes(status);
    if (!hasBody) answer.destroy();
    return new Response(hasBody ? streamOf(answer) : null, { status, headers: fields });
  } catch (cause) {
    throw new TypeError("fetch failed", { cause });
  }
}
function streamOf(chunks) {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    }
  });
}

// src/client/http/send.ts
async function send(ask) {
  const deadline = startDeadline(ask.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS, ask.signal);
  const { host } = new URL(ask.url);
  try {
    const response = await (ask.fetch ?? fetchRouted)(ask.url, {
      method: ask.method,
      headers: { accept: "application/json", ...ask.headers },
      body: ask.body ?? null,
      // workerd does not support `redirect: 'error'`, so redirects are refused below.
      redirect: "manual",
      cache: "no-store",
      signal: deadline.signal
    });
    if (response.type === "opaqueredirect" || response.status >= 300 && response.status < 400) {
      await response.body?.cancel();
      throw invalid(
        response.status,
        `${ask.who ?? "the gateway"} answered with a redirect, which is not followed`
      );
    }
    const { status, headers } = response;
    const text = await readText(response, ask.maxBytes ?? MAX_ANSWER_BYTES).catch((error) => {
      if (isPassingStatus(status) && ask.signal?.aborted !== true) return "";
      throw error;
    });
    return { status, headers, text };
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    ask.signal?.throwIfAborted();
    if (error instanceof ProxyFault) {
      const { message: description } = error;
      throw new ExchangeError({ code: "unreachable", description, isTemporary: false });
    }
    const code = error instanceof Error ? systemCode(error.cause) : void 0;
    throw new ExchangeError({
      code: "unreachable",
      description: deadline.signal.aborted ? `${host} did not answer in time` : `cannot reach ${host}${code === void 0 ? "" : ` (${code})`}`,
      // An invalid certificate does not become valid within seconds, nor does plain http become TLS.
      isTemporary: !/CERT|SIGNATURE|SSL_WRONG_VERSION/.test(String(code)),
      cause: error
    });
  } finally {
    deadline.stop();
  }
}
async function readText({ body, status }, maxBytes) {
  const bytes = await readBounded(body, maxBytes);
  if (bytes === void 0) throw invalid(status, `the answer is larger than ${maxBytes} bytes`);
  const text = decodeUtf8(bytes);
  if (text === void 0) throw invalid(status, "the answer is not UTF-8 text");
  return skipByteOrderMark(text);
}
function invalid(status, description) {
  return new ExchangeError({ code: "invalid_response", status, description });
}

// src/client/exchange/exchange.ts
function requireText(name, value) {
  demand(
    typeof value === "string" && /^\S+$/.test(value),
    `${name} must be a non-empty string without spaces`
  );
  return value;
}

// src/client/exchange/revoke.ts
var OPTION_NAMES = { url: true, token: true, signal: true, fetch: true };
async function revoke(options) {
  judgeRevocation(await sendRevocation(options));
}
async function sendRevocation(options) {
  demandNames(options, OPTION_NAMES);
  const { url, token, signal, fetch } = options;
  requireText("token", token);
  demandFunction("fetch", fetch);
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
  /** More information or what to change, one line each. */
  hints;
  constructor(sentence, hints = []) {
    super(sentence);
    this.hints = hints;
  }
};
function errorCode(error) {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

// action/src/describe-failure.ts
var CHECK_URL = "check url: it is the issuer URL of the gateway";
var IN_FRONT = "a server in front of the gateway may have answered, such as a sign-in page or an outbound proxy: let requests to the gateway pass, or check url";
function describeFailure(error) {
  if (error instanceof StepFailure) return [error.message, ...error.hints];
  if (error instanceof ExchangeError) return describeExchange(error);
  if (error instanceof OptionError) return [error.message];
  const name = error instanceof Error ? error.name : typeof error;
  return [`this is a bug in the action (${name})`, "report it with the version of the action"];
}
function describeExchange(error) {
  const { code, description, decisionId, retryAfterSeconds } = error;
  const decision = decisionId === void 0 ? [] : [`the decision is ${decisionId}`];
  const wait2 = retryAfterSeconds === void 0 ? [] : [`try again in ${retryAfterSeconds} s`];
  switch (code) {
    case "unreachable":
    case "source_unavailable":
      return [description, ...wait2];
    case "invalid_response":
      if (error.isTemporary) return [description, ...wait2];
      return [description, error.status === 404 ? CHECK_URL : IN_FRONT];
    case "temporarily_unavailable":
    case "server_error":
      return [`${description} (${code})`, ...wait2, ...decision];
    default: {
      const reasons = error.explanation.flatMap(explain);
      return [`refused: ${description} (${code})`, ...reasons, ...decision];
    }
  }
}
var OUTCOMES = /* @__PURE__ */ new Map([
  ["expired", "it has expired"],
  ["denied", "it denies the request"],
  ["not_named", "the step names another rule"],
  ["scope_not_granted", "it does not grant every requested scope"],
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

// action/src/limits.ts
var MAX_CONFIGURATION_BYTES = 64 * 1024;
var MAX_EVENT_BYTES = 8 * 1024 * 1024;
var REVOKE_SECONDS = 5;

// action/src/private-files.ts
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
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

// src/web/text/plain.ts
var UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
var COMMAND = /##(?=\w*\[)|^(\s*):(?=:)/g;
function makePlain(text) {
  return text.replace(UNSAFE, (character) => escapeAs(character.codePointAt(0))).replace(
    COMMAND,
    (_, indent) => indent === void 0 ? "#\\u{23}" : `${indent}\\u{3a}`
  );
}
function escapeAs(codePoint = 0) {
  return `\\u{${codePoint.toString(16)}}`;
}

// action/src/workflow-commands.ts
function annotate(level, lines) {
  write(`::${level} title=Edgemint::${escapeData(lines.map(makePlain).join("\n"))}`);
}
function say(line) {
  write(`edgemint: ${makePlain(line)}`);
}
function write(line) {
  process.stdout.write(`${line}
`);
}
function escapeData(text) {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
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
    await retry(() => revoke({ url, token }), { seconds: REVOKE_SECONDS });
    say("the token is revoked");
  } catch (error) {
    const [reason, ...more] = describeFailure(error);
    const expiry = "it expires at the end of its lifetime";
    annotate("warning", [`the token was not revoked: ${reason}`, ...more, expiry]);
  }
}
function readState(name) {
  const value = process.env[`STATE_${name}`];
  return value === "" ? void 0 : value;
}
