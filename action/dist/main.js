// Generated from action/src by `npm run build:action`; a test compares it with its source.

// src/web/base64.ts
var BASE64URL = { alphabet: "base64url", omitPadding: true };
function encodeBase64Url(bytes) {
  const { toBase64 } = bytes;
  if (toBase64 !== void 0) return toBase64.call(bytes, BASE64URL);
  let text = "";
  for (let at2 = 0; at2 < bytes.length; at2 += MAX_RUN_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at2, at2 + MAX_RUN_BYTES));
  }
  return btoa(text).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
}
var MAX_RUN_BYTES = 8192;

// src/web/json.ts
function isJsonObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

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

// src/web/sha256.ts
var INITIAL = new Int32Array([
  1779033703,
  3144134277,
  1013904242,
  2773480762,
  1359893119,
  2600822924,
  528734635,
  1541459225
]);
var ROUND = new Int32Array(
  "428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967 27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3 748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2".split(" ").map((word) => Number.parseInt(word, 16))
);
var schedule = new Int32Array(64);
var encoder = new TextEncoder();
function sha256Base64Url(text) {
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of sha256Words(text).entries()) digest.setUint32(4 * index, word);
  return encodeBase64Url(new Uint8Array(digest.buffer));
}
function sha256Words(text) {
  const blocks = pad(encoder.encode(text));
  const state = INITIAL.slice();
  for (let offset = 0; offset < blocks.byteLength; offset += 64) {
    for (let index = 0; index < 16; index += 1) {
      schedule[index] = blocks.getInt32(offset + 4 * index);
    }
    compress(state);
  }
  return new Uint32Array(state.buffer);
}
function pad(bytes) {
  const padded = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64));
  padded.set(bytes);
  padded[bytes.length] = 128;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(padded.length - 4, bytes.length * 8 >>> 0);
  return view;
}
function compress(state) {
  const w = schedule;
  for (let t = 16; t < 64; t += 1) {
    const w15 = at(w, t - 15);
    const w2 = at(w, t - 2);
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >>> 3;
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >>> 10;
    w[t] = at(w, t - 16) + s0 + at(w, t - 7) + s1;
  }
  let a = at(state, 0);
  let b = at(state, 1);
  let c = at(state, 2);
  let d = at(state, 3);
  let e = at(state, 4);
  let f = at(state, 5);
  let g = at(state, 6);
  let h = at(state, 7);
  for (let t = 0; t < 64; t += 1) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = h + sum1 + (e & f ^ ~e & g) + at(ROUND, t) + at(w, t) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = sum0 + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + first | 0;
    d = c;
    c = b;
    b = a;
    a = first + second | 0;
  }
  add(state, 0, a);
  add(state, 1, b);
  add(state, 2, c);
  add(state, 3, d);
  add(state, 4, e);
  add(state, 5, f);
  add(state, 6, g);
  add(state, 7, h);
}
function at(words, index) {
  return words[index] ?? 0;
}
function add(words, index, term) {
  words[index] = at(words, index) + term;
}
function rotate(word, bits) {
  return word >>> bits | word << 32 - bits;
}

// src/web/limits.ts
var MIN_RSA_BITS = 2048;

// src/protocol/dpop/limits.ts
var MAX_PROOF_BYTES = 4 * 1024;
var MAX_PROOF_HEADER_BYTES = 2 * 1024;
var MAX_NONCE_CHARACTERS = 256;

// src/protocol/dpop/proof-key.ts
function thumbprintOf({ kty, crv, n, e, x, y }) {
  const members = kty === "RSA" ? { e, kty, n } : kty === "OKP" ? { crv, kty, x } : { crv, kty, x, y };
  return sha256Base64Url(JSON.stringify(members));
}

// src/protocol/dpop/words.ts
var DPOP = "DPoP";
var DPOP_NONCE = "DPoP-Nonce";
var DPOP_PROOF_TYP = "dpop+jwt";

// src/protocol/dpop/check-proof.ts
function hashAccessToken(token) {
  return sha256Base64Url(token);
}

// src/protocol/dpop/make-proof.ts
var encoder2 = new TextEncoder();
async function makeDpopProof({ key, alg, sign }, { method, url, now, jti, accessToken, nonce }) {
  const target = new URL(url);
  const claims = {
    jti,
    htm: method,
    htu: target.origin + target.pathname,
    iat: now,
    // JSON leaves out members that are undefined.
    ath: accessToken === void 0 ? void 0 : hashAccessToken(accessToken),
    nonce
  };
  const header = { typ: DPOP_PROOF_TYP, alg, jwk: key };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${encodeBase64Url(await sign(encoder2.encode(signed)))}`;
}
function encode(value) {
  return encodeBase64Url(encoder2.encode(JSON.stringify(value)));
}

// src/web/signature.ts
var rsa = (bits) => ({
  kty: "RSA",
  importAs: { name: "RSASSA-PKCS1-v1_5", hash: `SHA-${bits}` },
  operation: { name: "RSASSA-PKCS1-v1_5" }
});
var pss = (bits) => ({
  kty: "RSA",
  importAs: { name: "RSA-PSS", hash: `SHA-${bits}` },
  operation: { name: "RSA-PSS", saltLength: bits / 8 }
});
var ecdsa = (crv, bits) => ({
  kty: "EC",
  crv,
  importAs: { name: "ECDSA", namedCurve: crv },
  operation: { name: "ECDSA", hash: `SHA-${bits}` }
});
var ed25519 = {
  kty: "OKP",
  crv: "Ed25519",
  importAs: { name: "Ed25519" },
  operation: { name: "Ed25519" }
};
var ALGORITHMS = /* @__PURE__ */ new Map([
  ["RS256", rsa(256)],
  ["RS384", rsa(384)],
  ["RS512", rsa(512)],
  ["PS256", pss(256)],
  ["PS384", pss(384)],
  ["PS512", pss(512)],
  ["ES256", ecdsa("P-256", 256)],
  ["ES384", ecdsa("P-384", 384)],
  ["ES512", ecdsa("P-521", 512)],
  ["Ed25519", ed25519],
  // RFC 8037 leaves the curve to the key; Ed25519 is the only one that platforms have.
  ["EdDSA", ed25519]
]);
async function generateSigningPair(alg) {
  const algorithm = ALGORITHMS.get(alg);
  if (algorithm === void 0) throw new TypeError("the algorithm is not known");
  const { importAs, kty } = algorithm;
  const size = { modulusLength: MIN_RSA_BITS, publicExponent: Uint8Array.of(1, 0, 1) };
  const parameters = kty === "RSA" ? { ...importAs, ...size } : importAs;
  const pair = await crypto.subtle.generateKey(parameters, false, ["sign", "verify"]);
  return readSigningPair(pair, alg);
}
async function readSigningPair(pair, alg) {
  const algorithm = ALGORITHMS.get(alg);
  const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const { kty, crv, n, e, x, y } = jwk;
  const key = Object.fromEntries(
    Object.entries({ kty, crv, n, e, x, y }).filter(([, value]) => value !== void 0)
  );
  const { name, hash } = pair.privateKey.algorithm;
  const isSame = name === algorithm?.importAs.name && hash?.name === algorithm.importAs.hash;
  if (algorithm === void 0 || !isSame || !fits(key, algorithm)) {
    throw new TypeError("the key does not fit the algorithm");
  }
  const sign = async (bytes) => new Uint8Array(
    await crypto.subtle.sign(algorithm.operation, pair.privateKey, bytes)
  );
  return { key, alg, sign };
}
function fits({ kty, crv, alg }, algorithm) {
  if (kty !== algorithm.kty || crv !== algorithm.crv) return false;
  return alg === void 0 || ALGORITHMS.get(alg) === algorithm;
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

// src/client/bind/proof-key.ts
function createProofKey() {
  let pair;
  async function findPair() {
    if (pair !== void 0) return pair;
    const made = await generateSigningPair("ES256");
    pair ??= made;
    return pair;
  }
  return {
    async prove(request) {
      demand(
        request?.method && /^https?:/i.test(request.url),
        "method and absolute url must be set"
      );
      const now = Math.floor(Date.now() / 1e3);
      return makeDpopProof(await findPair(), { ...request, now, jti: crypto.randomUUID() });
    },
    async thumbprint() {
      return thumbprintOf((await findPair()).key);
    }
  };
}

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

// src/client/limits.ts
var MAX_ANSWER_BYTES = 256 * 1024;
var TIMEOUT_MILLISECONDS = 1e4;
var MIN_TOKEN_LIFETIME_SECONDS = 10;
var MAX_ASKED_LIFETIME_SECONDS = 9999999999;
var MAX_SOURCE_BYTES = 32 * 1024;
var SOURCE_TIMEOUT_MILLISECONDS = 1e4;
var AWS_TOKEN_LIFETIME_SECONDS = 300;
var REFRESH_AFTER_SHARE = 0.7;
var REFRESH_SPREAD_SHARE = 0.1;
var CLOCK_STEP_SECONDS = 1;
var SPARE_SECONDS = 10;
var SPARE_SHARE = 0.1;
var REFRESH_PAUSE_SECONDS = 15;
var MAX_COLD_EXCHANGES = 64;
var EXCHANGE_ABANDONED_SECONDS = 60;
var MAX_ISSUED_TOKENS = 256;
var MAX_NONCE_SERVERS = 32;
var RETRY_SECONDS = 20;
var MAX_RETRY_AFTER_SECONDS = 90;
var LARGEST_RETRY_AFTER_SECONDS = 999999;
var RETRY_FIRST_MILLISECONDS = 500;
var RETRY_LARGEST_MILLISECONDS = 5e3;
var RETRY_AFTER_SPREAD = 0.25;
var MAX_REFUSED_TRIES = 2;

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

// src/web/host.ts
function isLoopbackName(name) {
  const bare = name.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare === "::1" || /^127(?:\.[0-9]{1,3}){3}$/.test(bare);
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
    const answer = await new Promise((resolve3, reject) => {
      const asked = request({ ...options, ...bounds }, resolve3);
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

// src/client/platform.ts
function findPlatform() {
  const environment = findProcess()?.env ?? {};
  return { environment, fetch: fetchRouted, readFile, run, postToSocket };
}
var TOO_LARGE = "too large";
async function readFile(path) {
  const file = await builtIn("node:fs/promises").open(path);
  try {
    const bytes = new Uint8Array(MAX_SOURCE_BYTES + 1);
    let size = 0;
    while (size < bytes.byteLength) {
      const { bytesRead } = await file.read(bytes.subarray(size));
      if (bytesRead === 0) return new TextDecoder().decode(bytes.subarray(0, size));
      size += bytesRead;
    }
    throw new Error(TOO_LARGE);
  } finally {
    await file.close();
  }
}
async function run([file = "", ...args], signal) {
  const { execFile } = builtIn("node:child_process");
  return new Promise((resolve3, reject) => {
    const bounds = { maxBuffer: MAX_SOURCE_BYTES, ...signal && { signal } };
    const options = { ...bounds, killSignal: "SIGKILL" };
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) resolve3(stdout);
      else reject(error);
    });
    child.stdin?.on("error", () => {
    });
    child.stdin?.end();
  });
}
async function postToSocket({ body, signal, ...target }) {
  const { request } = builtIn("node:http");
  const headers = { "content-type": "application/json" };
  const options = { ...target, method: "POST", headers, ...signal && { signal } };
  const response = await new Promise((resolve3, reject) => {
    const asked = request(options, resolve3);
    asked.on("error", reject);
    asked.end(body);
  });
  const bytes = await readBounded(response, MAX_SOURCE_BYTES);
  if (bytes === void 0) throw new Error(TOO_LARGE);
  return { status: response.statusCode ?? 0, text: new TextDecoder().decode(bytes) };
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
function abortable(promise, signal) {
  if (signal === void 0) return promise;
  return new Promise((resolve3, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve3, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
function wait(milliseconds, signal) {
  return new Promise((resolve3, reject) => {
    const timer = setTimeout(pass, milliseconds);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop);
    function pass() {
      signal?.removeEventListener("abort", stop);
      resolve3();
    }
    function stop() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      reject(signal?.reason);
    }
  });
}

// src/client/system-code.ts
function systemCode(error) {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : "";
  if (typeof code === "number") return code || void 0;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : void 0;
}

// src/client/sources/row.ts
var SourceFault = class extends Error {
  isTemporary;
  retryAfterSeconds;
  constructor(sentence, isTemporary2 = false, retryAfterSeconds) {
    super(sentence);
    this.isTemporary = isTemporary2;
    this.retryAfterSeconds = retryAfterSeconds;
  }
};
function readVariable({ environment }, name) {
  return environment[name] || void 0;
}
function requireVariable(platform, name) {
  const value = readVariable(platform, name);
  if (value === void 0) throw new SourceFault(`${name} is not set`);
  return value;
}
function valueRow(name, variable, ask) {
  return {
    name,
    all: [variable],
    ask: async (platform, { signal }) => ask(platform, requireVariable(platform, variable), signal)
  };
}

// src/client/sources/open-row.ts
function openRow({ name, ask }, platform) {
  return askBounded({
    name,
    async getSubjectToken(request) {
      try {
        return checkToken(await ask(platform, request));
      } catch (error) {
        if (error instanceof ExchangeError) throw error;
        throw fail(name, error instanceof SourceFault ? error : new SourceFault(describe(error)));
      }
    }
  });
}
function askBounded(source) {
  const { name } = source;
  async function ask({ audience, signal }) {
    signal?.throwIfAborted();
    const deadline = startDeadline(SOURCE_TIMEOUT_MILLISECONDS, signal);
    try {
      return await abortable(
        source.getSubjectToken({ audience, signal: deadline.signal }),
        deadline.signal
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (deadline.signal.aborted) throw fail(name, new SourceFault("did not answer in time", true));
      throw error;
    } finally {
      deadline.stop();
    }
  }
  return { name, getSubjectToken: ask };
}
function fail(name, fault) {
  const { message, isTemporary: isTemporary2, retryAfterSeconds } = fault;
  return new ExchangeError({
    code: "source_unavailable",
    description: `${name}: ${message}`,
    isTemporary: isTemporary2,
    retryAfterSeconds
  });
}
function checkToken(text) {
  const token = text.trim();
  if (token === "") throw new SourceFault("returned no token");
  if (!/^[\w.~+/=-]+$/.test(token) || token.length > MAX_SOURCE_BYTES) {
    throw new SourceFault("returned text that is not one token");
  }
  return token;
}
function describe(error) {
  const code = systemCode(error);
  if (typeof code === "number") return `the command exited with code ${code}`;
  if (code === "ENOENT") {
    const { path } = error;
    return `no such file or command${/[\\/]/.test(path) ? `: ${path}` : ""}`;
  }
  return code === void 0 ? "failed" : `failed (${code})`;
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

// src/client/sources/ask-platform.ts
async function askPlatform({ fetch }, { signal }, question) {
  const isSendable = Object.values(question.headers ?? {}).every((text) => HEADER.test(text));
  if (!isSendable) throw new SourceFault("the platform's own secret is not one line of text");
  const who = `the platform (${new URL(question.url).host})`;
  const bounds = { signal, fetch, maxBytes: MAX_SOURCE_BYTES, who };
  try {
    for (let tries = 1; ; tries += 1) {
      const answer = await send({ method: "GET", ...question, ...bounds });
      if (answer.status !== 401 || tries === MAX_REFUSED_TRIES)
        return checkAnswer(answer, question.passing);
      await wait(pauseAfter(tries), signal);
    }
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error;
    throw new SourceFault(error.description, error.isTemporary);
  }
}
var HEADER = /^[\x20-\x7e]+$/;
function checkAnswer(answer, passing) {
  const { status, headers, text } = answer;
  checkStatus(status, readRetryAfter(headers), passing?.includes(status) || void 0);
  if (!text.trim()) throw new SourceFault("the platform answered 200 with an empty body", true);
  return answer;
}
function checkStatus(status, retryAfterSeconds, isTemporary2 = isPassingStatus(status)) {
  if (status === 200) return;
  throw new SourceFault(`the platform answered ${status}`, isTemporary2, retryAfterSeconds);
}
function readMember({ text }, member) {
  const value = parseObject(text)?.[member];
  if (value !== null && typeof value !== "string") {
    throw new SourceFault(`the answer has no ${member}`);
  }
  if (!value?.trim()) throw new SourceFault("returned no token", true);
  return value;
}
var LINK_LOCAL = /^169\.254\.\d+\.\d+$/;
function placeUrl(variable, text, parameters) {
  if (!URL.canParse(text)) throw new SourceFault(`${variable} is not a URL`);
  const url = new URL(text);
  const fault = findSchemeFault(url, LINK_LOCAL.test(url.hostname));
  if (fault !== void 0) throw new SourceFault(`${variable} ${fault}`);
  for (const [key, value] of Object.entries(parameters)) {
    if (value !== void 0) url.searchParams.set(key, value);
  }
  return url.href;
}

// src/client/sources/clouds.ts
var METADATA_HOST = "GCE_METADATA_HOST";
var GOOGLE = {
  name: "google",
  any: [METADATA_HOST, "K_SERVICE", "CLOUD_RUN_JOB", "FUNCTION_TARGET", "GOOGLE_CLOUD_PROJECT"],
  async ask(platform, request) {
    const host = readVariable(platform, METADATA_HOST) ?? "metadata.google.internal";
    if (!/^[\w.-]+(:\d+)?$/.test(host)) throw new SourceFault(`${METADATA_HOST} is not a host`);
    const query = new URLSearchParams({ audience: request.audience, format: "full" });
    const { text, headers } = await askPlatform(platform, request, {
      // The request contains no secret, so plain http to a host name is safe.
      url: `http://${host}/computeMetadata/v1/instance/service-accounts/default/identity?${query}`,
      headers: { "metadata-flavor": "Google" }
    });
    if (headers.get("metadata-flavor") !== "Google") {
      throw new SourceFault(`${host} is not a metadata server`);
    }
    return text;
  }
};
var ENDPOINT = "IDENTITY_ENDPOINT";
var IMDS_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
var CLIENT_ID = "AZURE_CLIENT_ID";
var AZURE_MANAGED_IDENTITY = {
  name: "azure-managed-identity",
  any: [ENDPOINT, IMDS_HOST, "WEBSITE_INSTANCE_ID", CLIENT_ID],
  async ask(platform, request) {
    const question = describeQuestion(platform, request.audience);
    return readMember(await askPlatform(platform, request, question), "access_token");
  }
};
function describeQuestion(platform, resource) {
  const identity = { resource, client_id: readVariable(platform, CLIENT_ID) };
  const endpoint = readVariable(platform, ENDPOINT);
  if (endpoint !== void 0) {
    return {
      url: placeUrl(ENDPOINT, endpoint, { "api-version": "2019-08-01", ...identity }),
      headers: { "x-identity-header": requireVariable(platform, "IDENTITY_HEADER") }
    };
  }
  const base = readVariable(platform, IMDS_HOST) ?? "http://169.254.169.254";
  const place = `${base.replace(/\/+$/, "")}/metadata/identity/oauth2/token`;
  return {
    url: placeUrl(IMDS_HOST, place, { "api-version": "2018-02-01", ...identity }),
    headers: { metadata: "true" },
    // While the identity or the metadata server is being updated.
    passing: [404, 410]
  };
}

// src/client/sources/command-platforms.ts
var BUILDKITE_CLAIMS = ["--claim", "organization_id,pipeline_id"];
var BUILDKITE = {
  name: "buildkite",
  all: ["BUILDKITE_JOB_ID", "BUILDKITE_AGENT_ACCESS_TOKEN"],
  ask(platform, { audience, signal }) {
    const hasClaims = readVariable(platform, "BUILDKITE_OIDC_TOKEN_CLAIMS") !== void 0;
    const command = ["buildkite-agent", "oidc", "request-token", "--audience", audience];
    return platform.run([...command, ...hasClaims ? [] : BUILDKITE_CLAIMS], signal);
  }
};
var CIRCLECI = {
  name: "circleci",
  any: ["CIRCLECI", "CIRCLE_OIDC_TOKEN_V2"],
  async ask(platform, { audience, signal }) {
    const claims = JSON.stringify({ aud: audience });
    try {
      return await platform.run(["circleci", "run", "oidc", "get", "--claims", claims], signal);
    } catch (error) {
      const token = readVariable(platform, "CIRCLE_OIDC_TOKEN_V2");
      if (systemCode(error) !== "ENOENT" || token === void 0) throw error;
      return token;
    }
  }
};
var AWS = {
  name: "aws",
  any: [
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_EXECUTION_ENV"
  ],
  ask: (platform, { audience, signal }) => platform.run(
    [
      ...["aws", "sts", "get-web-identity-token", "--audience", audience],
      ...["--signing-algorithm", "ES384", "--duration-seconds", `${AWS_TOKEN_LIFETIME_SECONDS}`],
      ...["--query", "WebIdentityToken", "--output", "text"]
    ],
    signal
  )
};
var SOCKET = "SPIFFE_ENDPOINT_SOCKET";
var SVID = /^token\([^)\n]*\):\s+(\S+)/m;
var SPIFFE = {
  name: "spiffe",
  all: [SOCKET],
  async ask(platform, { audience, signal }) {
    const socket = readVariable(platform, SOCKET)?.replace(/^unix:(\/\/)?/, "");
    const place = socket === void 0 ? [] : ["-socketPath", socket];
    const command = ["spire-agent", "api", "fetch", "jwt", "-audience", audience, ...place];
    const svid = SVID.exec(await platform.run(command, signal))?.[1];
    if (svid === void 0) throw new SourceFault("spire-agent printed no token");
    return svid;
  }
};

// src/client/sources/explicit.ts
var COMMAND = "EDGEMINT_SUBJECT_TOKEN_COMMAND";
var EXPLICIT_ROWS = [
  valueRow("variable", "EDGEMINT_SUBJECT_TOKEN", async (_2, token) => token),
  valueRow("file", "EDGEMINT_SUBJECT_TOKEN_FILE", ({ readFile: readFile2 }, path) => readFile2(path)),
  valueRow("command", COMMAND, ({ run: run2 }, text, signal) => run2(splitCommand(text), signal))
];
function splitCommand(text) {
  const isJson = text.trim().startsWith("[");
  const words = isJson ? parseJson(text) : text.trim().split(/\s+/);
  const isList = Array.isArray(words) && words.every((word) => typeof word === "string");
  if (!isList || !words[0] || !isJson && /["'`$\\]/.test(text)) {
    throw new SourceFault(`${COMMAND} must be words without quotes, or a JSON array of words`);
  }
  return words;
}

// src/client/sources/file-platforms.ts
var PROJECTED_FILE = "/var/run/secrets/edgemint/token";
var MARKER = "KUBERNETES_SERVICE_HOST";
var OTHER_FILE = "EDGEMINT_SUBJECT_TOKEN_FILE";
var KUBERNETES = {
  name: "kubernetes",
  async look(platform) {
    const fits2 = await platform.readFile(PROJECTED_FILE).then(
      () => true,
      () => false
    );
    const isNear = !fits2 && readVariable(platform, MARKER) !== void 0;
    const missing = `${PROJECTED_FILE} does not exist`;
    const hint = `mount a projected token there, or set ${OTHER_FILE}`;
    if (fits2) return { fits: fits2, isNear, reason: `${PROJECTED_FILE} exists` };
    return { fits: fits2, isNear, reason: isNear ? `${MARKER} set, but ${missing}: ${hint}` : missing };
  },
  ask: (platform) => platform.readFile(readVariable(platform, OTHER_FILE) ?? PROJECTED_FILE)
};
var AZURE_WORKLOAD_IDENTITY = valueRow(
  "azure-workload-identity",
  "AZURE_FEDERATED_TOKEN_FILE",
  ({ readFile: readFile2 }, path) => readFile2(path)
);

// src/client/sources/gitlab.ts
var MARKER2 = "GITLAB_CI";
var OURS = "EDGEMINT_SUBJECT_TOKEN";
var JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/;
var GITLAB = {
  name: "gitlab",
  look(platform) {
    const isJob = readVariable(platform, MARKER2) !== void 0;
    const names = findNames(platform);
    const fits2 = isJob && names.length === 1;
    const reason = `${MARKER2} set, ${fits2 ? "and" : "but"} ${describe2(names)}`;
    return { fits: fits2, isNear: isJob && !fits2, reason: isJob ? reason : `not set: ${MARKER2}` };
  },
  async ask(platform) {
    const names = findNames(platform);
    if (names.length !== 1) throw new SourceFault(describe2(names));
    return platform.environment[names.join()] ?? "";
  }
};
function findNames(platform) {
  if (readVariable(platform, OURS) !== void 0) return [OURS];
  return Object.keys(platform.environment).filter((name) => name.endsWith("_ID_TOKEN") && JWT.test(platform.environment[name] ?? "")).toSorted();
}
function describe2(names) {
  if (names.length === 1) return `${names} contains a token`;
  const many = `${names.join(", ")} contain tokens`;
  const found = names.length === 0 ? "no variable contains a token" : many;
  return `${found}: the job needs id_tokens: ${OURS}`;
}

// src/client/sources/request-platforms.ts
var ROWS = [
  {
    name: "github-actions",
    near: ["GITHUB_ACTIONS", "the job needs permissions: id-token: write"],
    url: "ACTIONS_ID_TOKEN_REQUEST_URL",
    token: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    scheme: "bearer ",
    method: "GET",
    member: "value"
  },
  {
    name: "azure-devops",
    near: ["TF_BUILD", "the step needs env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)"],
    url: "SYSTEM_OIDCREQUESTURI",
    token: "SYSTEM_ACCESSTOKEN",
    scheme: "Bearer ",
    method: "POST",
    // The audience is fixed: `api://AzureADTokenExchange`.
    fixed: { "api-version": "7.1" },
    member: "oidcToken"
  },
  {
    name: "codefresh",
    url: "CF_OIDC_REQUEST_URL",
    token: "CF_OIDC_REQUEST_TOKEN",
    scheme: "",
    method: "GET",
    member: "id_token"
  }
];
var REQUEST_ROWS = ROWS.map(
  ({ url, token, scheme, method, fixed, member, ...rest }) => ({
    ...rest,
    all: [url, token],
    async ask(platform, request) {
      const { audience } = request;
      const authorization = scheme + requireVariable(platform, token);
      const question = {
        url: placeUrl(url, requireVariable(platform, url), fixed ?? { audience }),
        headers: { authorization, "content-type": "application/json" },
        method
      };
      return readMember(await askPlatform(platform, request, question), member);
    }
  })
);

// src/client/sources/socket-platforms.ts
var ROWS2 = [
  ["fly", ["FLY_MACHINE_ID", "FLY_APP_NAME"], "EDGEMINT_FLY_SOCKET", "/.fly/api"],
  ["cursor", ["CURSOR_AGENT_SOCKET"], "CURSOR_AGENT_SOCKET", "/run/cursor/api.sock"]
];
var SOCKET_ROWS = ROWS2.map(([name, any, variable, socketPath]) => ({
  name,
  any,
  async ask(platform, { audience, signal }) {
    const { status, text } = await platform.postToSocket({
      socketPath: readVariable(platform, variable) ?? socketPath,
      path: "/v1/tokens/oidc",
      body: JSON.stringify({ aud: audience }),
      signal
    });
    checkStatus(status);
    if (!text.trim()) throw new SourceFault("returned no token", true);
    return parseObject(text) ? readMember({ text }, "token") : text;
  }
}));

// src/client/sources/variable-platforms.ts
var ROWS3 = [
  [
    "bitbucket",
    ["BITBUCKET_STEP_OIDC_TOKEN"],
    ["BITBUCKET_BUILD_NUMBER", "the step needs oidc: audiences"]
  ],
  [
    "hcp-terraform",
    ["TFC_WORKLOAD_IDENTITY_TOKEN_EDGEMINT", "TFC_WORKLOAD_IDENTITY_TOKEN"],
    ["TFC_RUN_ID", "the workspace needs TFC_WORKLOAD_IDENTITY_AUDIENCE_EDGEMINT"]
  ],
  ["semaphore", ["SEMAPHORE_OIDC_TOKEN"]],
  ["spacelift", ["SPACELIFT_OIDC_TOKEN"]],
  ["env0", ["ENV0_OIDC_TOKEN"]],
  [
    "modal",
    ["MODAL_IDENTITY_TOKEN"],
    ["MODAL_TASK_ID", "a sandbox needs include_oidc_identity_token=True"]
  ],
  ["vercel", ["VERCEL_OIDC_TOKEN"], ["VERCEL", "a function needs fromVercelRequest"]]
];
var VARIABLE_ROWS = ROWS3.map(([name, any, near = ["", ""]]) => ({
  name,
  any,
  near,
  async ask(platform) {
    const found = any.find((variable) => readVariable(platform, variable) !== void 0);
    return requireVariable(platform, found ?? any[0]);
  }
}));

// src/client/sources/registry.ts
var SOURCES = [
  ...EXPLICIT_ROWS,
  ...REQUEST_ROWS,
  GITLAB,
  BUILDKITE,
  CIRCLECI,
  ...VARIABLE_ROWS,
  ...SOCKET_ROWS,
  KUBERNETES,
  AZURE_WORKLOAD_IDENTITY,
  SPIFFE,
  GOOGLE,
  AZURE_MANAGED_IDENTITY,
  AWS
];

// src/client/detect.ts
function openSource(name, options = {}) {
  const row = SOURCES.find((candidate) => candidate.name === name);
  if (row === void 0) {
    throw new OptionError(`source must be one of ${SOURCES.map((known) => known.name).join(", ")}`);
  }
  return openRow(row, options.platform ?? findPlatform());
}

// src/protocol/oauth.ts
var GRANT_TYPE_TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
var TOKEN_TYPE_JWT = "urn:ietf:params:oauth:token-type:jwt";
var FORM_CONTENT_TYPE = "application/x-www-form-urlencoded";

// src/protocol/paths.ts
var TOKEN_PATH = "/token";
var REVOKE_PATH = "/revoke";

// src/protocol/scope.ts
var SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
function isScopeToken(text) {
  return SCOPE_TOKEN.test(text);
}
function splitScopes(text) {
  return text.split(" ").filter((scope) => scope !== "");
}

// src/client/bind/nonces.ts
var NONCE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
function createNonceMemory() {
  const nonces = /* @__PURE__ */ new Map();
  const nameOf = (kind, url) => `${kind} ${new URL(url).origin}`;
  return {
    find: (kind, url) => nonces.get(nameOf(kind, url)),
    learn(kind, url, headers) {
      const nonce = headers.get(DPOP_NONCE) ?? "";
      const name = nameOf(kind, url);
      if (!NONCE.test(nonce) || nonce.length > MAX_NONCE_CHARACTERS) return false;
      if (nonces.get(name) === nonce) return false;
      nonces.delete(name);
      nonces.set(name, nonce);
      const [oldest] = nonces.keys();
      if (nonces.size > MAX_NONCE_SERVERS && oldest !== void 0) nonces.delete(oldest);
      return true;
    }
  };
}
var memories = /* @__PURE__ */ new WeakMap();
function noncesOf(key) {
  const known = memories.get(key) ?? createNonceMemory();
  memories.set(key, known);
  return known;
}

// src/client/exchange/lifetime.ts
function findLifetimeFault(seconds) {
  if (!Number.isInteger(seconds) || seconds < MIN_TOKEN_LIFETIME_SECONDS) {
    return `must be a whole number of seconds, ${MIN_TOKEN_LIFETIME_SECONDS} or more`;
  }
  if (seconds > MAX_ASKED_LIFETIME_SECONDS) {
    return `must be at most ${MAX_ASKED_LIFETIME_SECONDS} seconds`;
  }
  return void 0;
}
function parseSeconds(text) {
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : Number.NaN;
}

// src/client/exchange/exchange.ts
var EXCHANGE_OPTION_NAMES = {
  url: true,
  subjectToken: true,
  subjectTokenType: true,
  actorToken: true,
  actorTokenType: true,
  resource: true,
  scopes: true,
  rule: true,
  lifetimeSeconds: true,
  proofKey: true,
  signal: true,
  fetch: true
};
async function exchange(options) {
  demandNames(options, EXCHANGE_OPTION_NAMES);
  demandPorts(options);
  const { proofKey } = options;
  if (proofKey === void 0) return judgeExchange(await sendExchange(options), "bearer");
  const answer = await sendProven(options, proofKey);
  const isRetry = answer.learned && parseObject(answer.text)?.error === "use_dpop_nonce";
  return judgeExchange(isRetry ? await sendProven(options, proofKey) : answer, "dpop");
}
function checkExchangeOptions(options) {
  canonicalGatewayUrl(options.url);
  renderForm(options);
  demandPorts(options);
}
function demandPorts({ proofKey, fetch }) {
  demandFunction("fetch", fetch);
  demand(
    proofKey === void 0 || typeof proofKey?.prove === "function",
    "proofKey must be made by createProofKey"
  );
}
async function sendProven(options, proofKey) {
  const url = endpointUrl(options.url, TOKEN_PATH);
  const nonces = noncesOf(proofKey);
  const nonce = nonces.find("gateway", url);
  const dpop = await proofKey.prove({ method: "POST", url, nonce });
  const answer = await sendExchange(options, { dpop });
  return { ...answer, learned: nonces.learn("gateway", url, answer.headers) };
}
async function sendExchange(options, headers = {}) {
  return send({
    url: endpointUrl(options.url, TOKEN_PATH),
    method: "POST",
    headers: { "content-type": FORM_CONTENT_TYPE, ...headers },
    body: renderForm(options).toString(),
    signal: options.signal,
    fetch: options.fetch
  });
}
function renderForm(options) {
  const { subjectTokenType = TOKEN_TYPE_JWT, scopes, rule, lifetimeSeconds } = options;
  const form = new URLSearchParams({
    grant_type: GRANT_TYPE_TOKEN_EXCHANGE,
    subject_token: requireText("subjectToken", options.subjectToken),
    subject_token_type: requireText("subjectTokenType", subjectTokenType),
    resource: requireText("resource", options.resource)
  });
  if (options.actorToken !== void 0) {
    const { actorTokenType = TOKEN_TYPE_JWT } = options;
    form.set("actor_token", requireText("actorToken", options.actorToken));
    form.set("actor_token_type", requireText("actorTokenType", actorTokenType));
  } else demand(options.actorTokenType === void 0, "actorTokenType needs actorToken");
  if (scopes !== void 0) {
    demand(Array.isArray(scopes), "scopes must be a list of scopes");
    if (scopes.length > 0) form.set("scope", renderScopes(scopes));
  }
  if (rule !== void 0) form.set("rule", requireText("rule", rule));
  if (lifetimeSeconds !== void 0) {
    const fault = findLifetimeFault(lifetimeSeconds);
    demand(fault === void 0, `lifetimeSeconds ${fault}`);
    form.set("expires_in", String(lifetimeSeconds));
  }
  return form;
}
function requireText(name, value) {
  demand(
    typeof value === "string" && /^\S+$/.test(value),
    `${name} must be a non-empty string without spaces`
  );
  return value;
}
function renderScopes(scopes) {
  const isEachOne = scopes.every((scope) => typeof scope === "string" && isScopeToken(scope));
  demand(isEachOne, "each entry of scopes must be one scope without spaces");
  return scopes.join(" ");
}
var BEARER = /^[A-Za-z0-9._~+/-]+=*$/;
function judgeExchange(answer, expected) {
  if (answer.status !== 200) throw judgeRefusal(answer);
  const body = parseObject(answer.text) ?? {};
  const { access_token: accessToken, token_type: tokenType, scope } = body;
  const { issued_token_type: issuedTokenType, expires_in: expiresInSeconds } = body;
  const { decision_id: decisionId } = body;
  if (typeof accessToken !== "string" || !BEARER.test(accessToken) || typeof tokenType !== "string" || !TOKEN_TYPES.includes(tokenType.toLowerCase()) || typeof issuedTokenType !== "string" || typeof expiresInSeconds !== "number" || expiresInSeconds <= 0 || typeof scope !== "string" || typeof decisionId !== "string") {
    throw judgeStranger(answer);
  }
  if (tokenType.toLowerCase() !== expected) throw judgeType(answer, expected);
  return {
    accessToken,
    expiresInSeconds,
    scopes: splitScopes(scope),
    tokenType,
    issuedTokenType,
    decisionId
  };
}
var TOKEN_TYPES = ["bearer", "dpop"];
function judgeType({ status }, expected) {
  const description = expected === "dpop" ? "the token is not bound to the key: its resource needs proof_of_possession: optional" : "the token is bound to a key, but none was sent";
  return new ExchangeError({ code: "invalid_response", status, description });
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

// src/client/bind/authorize.ts
async function makeCredentials({ method, url }, accessToken, { proofKey }) {
  if (proofKey === void 0) return { authorization: `Bearer ${accessToken}` };
  const nonce = noncesOf(proofKey).find("api", url);
  const dpop = await proofKey.prove({ method, url, accessToken, nonce });
  return { authorization: `${DPOP} ${accessToken}`, dpop };
}
function asksForRepeat(url, answer, { proofKey }) {
  if (proofKey === void 0) return false;
  const isNew = noncesOf(proofKey).learn("api", url, answer.headers);
  return isNew && answer.status === 401 && asksForNonce(answer.headers.get("www-authenticate"));
}
function createAuthorizer({ getToken, proofKey, fetch }) {
  const authorize = async (request, { signal } = {}) => {
    const { url } = request;
    const fault = URL.canParse(url) ? findSchemeFault(new URL(url)) : "must be absolute";
    if (fault !== void 0) throw new OptionError(`url ${fault}`);
    if (proofKey !== void 0 && typeof request.method !== "string") {
      throw new OptionError("method must be the method of the request");
    }
    const { accessToken } = await getToken({ signal });
    const method = request.method?.toUpperCase();
    return makeCredentials({ method, url }, accessToken, { proofKey });
  };
  const shouldRepeat = ({ url }, answer) => asksForRepeat(url, answer, { proofKey });
  async function sendOnce(request) {
    const { method, url, signal } = request;
    const headers = await authorize({ method, url }, { signal });
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    return (fetch ?? globalThis.fetch)(request);
  }
  return {
    authorize,
    shouldRepeat,
    async fetch(input, init) {
      const asked = init?.redirect ?? (input instanceof Request ? input.redirect : void 0);
      const redirect = asked === "error" ? "error" : "manual";
      const make = () => new Request(input, { ...init, redirect });
      const isRepeatable = canRepeat(input, init);
      const first = make();
      const answer = await sendOnce(first);
      if (!shouldRepeat(first, answer) || !isRepeatable) return answer;
      await answer.body?.cancel();
      const second = make();
      const next = await sendOnce(second);
      shouldRepeat(second, next);
      return next;
    }
  };
}
function asksForNonce(challenge) {
  return /\bdpop\b.*\berror="?use_dpop_nonce"?(?![\w-])/i.test(challenge ?? "");
}
function canRepeat(input, init) {
  const body = init?.body ?? (input instanceof Request ? input.body : void 0);
  if (body === null || body === void 0 || typeof body === "string") return true;
  if (body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData)
    return true;
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}

// src/client/exchange/exchange-steadily.ts
async function exchangeSteadily(options, readClock, bounds = {}) {
  const { signal } = bounds;
  const { source, actor, audience, retrySeconds, ...rest } = options;
  const request = { audience: audience ?? canonicalGatewayUrl(options.url), signal };
  const bounded = askBounded(source);
  const acting = actor && askBounded(actor);
  const attempt = async () => {
    const [subjectToken, actorToken] = await Promise.all([
      bounded.getSubjectToken(request),
      acting?.getSubjectToken(request)
    ]);
    const askedAt = readClock();
    return { token: await exchange({ ...rest, subjectToken, actorToken, signal }), askedAt };
  };
  return retry(attempt, { ...bounds, seconds: bounds.seconds ?? retrySeconds });
}

// src/client/hold/steady-clock.ts
var monotonicSeconds = () => performance.now() / 1e3;
function createSteadyClock({ wall, monotonic }) {
  let distance;
  let skipped = 0;
  let setBacks = 0;
  return () => {
    const at2 = wall();
    const ticks = monotonic();
    distance ??= at2 - ticks;
    const jump = at2 - ticks - distance;
    if (Math.abs(jump) > CLOCK_STEP_SECONDS) {
      if (jump > 0) skipped += jump;
      else setBacks += 1;
      distance = at2 - ticks;
    }
    return { wall: at2, elapsed: ticks + skipped, setBacks };
  };
}

// src/client/hold/exchange-gate.ts
function createExchangeGate(now) {
  const underWay = /* @__PURE__ */ new Set();
  return {
    enter(hasToken) {
      const mark = { at: now() };
      for (const other of underWay) {
        if (mark.at - other.at >= EXCHANGE_ABANDONED_SECONDS) underWay.delete(other);
      }
      if (underWay.size >= (hasToken ? 1 : MAX_COLD_EXCHANGES)) return void 0;
      underWay.add(mark);
      return mark;
    },
    leave: (mark) => {
      underWay.delete(mark);
    }
  };
}

// src/client/hold/token-holder.ts
function createTokenHolder(options) {
  const { obtain, readClock, mayShare, pauseAfter: pauseAfter2 } = options;
  let held;
  let issued = [];
  let failures = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let underWay;
  const gate = createExchangeGate(() => readClock().elapsed);
  const isGood = (one) => one !== void 0 && readClock().elapsed < one.usableUntil;
  const isLive = (one) => readClock().elapsed < one.endsAt;
  async function receive(signal) {
    try {
      const next = hold(await obtain({ signal, isAhead: isGood(held) }));
      issued = [...issued.filter(isLive), next].slice(-MAX_ISSUED_TOKENS);
      await options.onToken?.(next.token);
      if (mayShare || !isGood(held) || held.endsAt <= next.endsAt) held = next;
      failures = 0;
      pausedUntil = Number.NEGATIVE_INFINITY;
      return next.token;
    } catch (error) {
      failures += 1;
      pausedUntil = readClock().elapsed + pauseAfter2(error, failures);
      options.onFailure?.(error);
      throw error;
    }
  }
  function renew() {
    underWay ??= receive(void 0).finally(() => {
      underWay = void 0;
    });
    return underWay;
  }
  async function renewAlone(signal, hasToken) {
    const mark = gate.enter(hasToken);
    if (mark === void 0) return void 0;
    try {
      return await receive(signal);
    } finally {
      gate.leave(mark);
    }
  }
  async function getNew(signal) {
    const last = held;
    try {
      if (mayShare) return await abortable(renew(), signal);
      return await renewAlone(signal, false) ?? turnAway();
    } catch (error) {
      signal?.throwIfAborted();
      if (last !== void 0 && last === held && isLive(last)) return last.token;
      throw error;
    }
  }
  function dueIn() {
    const { elapsed, setBacks } = readClock();
    const refreshAt = held?.setBacks === setBacks ? held.refreshAt : elapsed;
    return Math.max(refreshAt, pausedUntil) - elapsed;
  }
  return {
    async get(signal) {
      signal?.throwIfAborted();
      if (!isGood(held)) return getNew(signal);
      const { token } = held;
      if (dueIn() > 0) return token;
      if (mayShare) {
        renew().catch(() => {
        });
        return token;
      }
      const next = await renewAlone(signal, true).catch(() => void 0);
      signal?.throwIfAborted();
      return next ?? token;
    },
    peek: () => isGood(held) ? held.token : void 0,
    renew,
    isRenewing: () => underWay !== void 0,
    dueIn,
    async settle() {
      await underWay?.catch(() => {
      });
    },
    drop() {
      held = void 0;
    },
    issued: () => issued.filter(isLive).map(({ token }) => token),
    forget(token) {
      issued = issued.filter((one) => one.token !== token);
    }
  };
}
function hold({ token, askedAt }) {
  const { expiresInSeconds } = token;
  const { wall, elapsed, setBacks } = askedAt;
  const share = REFRESH_AFTER_SHARE - Math.random() * REFRESH_SPREAD_SHARE;
  const endsAt = elapsed + expiresInSeconds;
  return {
    token: { ...token, expiresAt: wall + expiresInSeconds },
    setBacks,
    refreshAt: elapsed + expiresInSeconds * share,
    usableUntil: endsAt - Math.min(SPARE_SECONDS, expiresInSeconds * SPARE_SHARE),
    endsAt
  };
}
function turnAway() {
  throw new ExchangeError({
    code: "temporarily_unavailable",
    description: "too many requests are waiting for a token"
  });
}

// src/client/token-source-options.ts
var { subjectToken: _, actorToken: __, signal: ___, ...SHARED_NAMES } = EXCHANGE_OPTION_NAMES;
var OPTION_NAMES2 = {
  ...SHARED_NAMES,
  source: true,
  actor: true,
  audience: true,
  retrySeconds: true,
  bind: true,
  now: true
};
function checkTokenSourceOptions(options) {
  demandNames(options, OPTION_NAMES2);
  const { source, actor, audience, retrySeconds, now } = options;
  demandSource("source", source);
  if (actor !== void 0) demandSource("actor", actor);
  if (audience !== void 0) requireText("audience", audience);
  demand(
    retrySeconds === void 0 || Number.isFinite(retrySeconds) && retrySeconds >= 0,
    "retrySeconds must be a number of seconds, 0 or more"
  );
  demandFunction("now", now);
  demand(now === void 0 || isEpochSeconds(now()), "now must return epoch seconds");
  const actorToken = actor && "later";
  checkExchangeOptions({ ...options, subjectToken: "later", actorToken });
}
function demandSource(name, source) {
  demand(
    typeof source?.getSubjectToken === "function",
    `${name} must be a source of tokens: the source that detect found, or { name, getSubjectToken }`
  );
}
function isEpochSeconds(value) {
  return typeof value === "number" && Math.abs(value) < 1e11;
}

// src/client/token-source.ts
function createTokenSource(options) {
  checkTokenSourceOptions(options);
  const { now: wall = () => Date.now() / 1e3, bind, ...unbound } = options;
  const proofKey = chooseProofKey(bind, options.proofKey);
  const steady = { ...unbound, proofKey };
  const readClock = createSteadyClock({ wall, monotonic: monotonicSeconds });
  const mayShare = globalThis.navigator?.userAgent !== "Cloudflare-Workers";
  const holder = createTokenHolder({
    readClock,
    mayShare,
    obtain({ signal, isAhead }) {
      const isSingleTry = isAhead && !mayShare;
      return exchangeSteadily(steady, readClock, { signal, ...isSingleTry ? { seconds: 0 } : {} });
    },
    pauseAfter(error) {
      const seconds = error instanceof ExchangeError ? error.retryAfterSeconds ?? 0 : 0;
      return Math.max(seconds, REFRESH_PAUSE_SECONDS);
    }
  });
  const getToken = ({ signal } = {}) => holder.get(signal);
  return {
    ...createAuthorizer({ getToken, proofKey, fetch: options.fetch }),
    getToken,
    async revoke() {
      await holder.settle();
      holder.drop();
      const { url, fetch } = options;
      for (const token of holder.issued()) {
        await revoke({ url, token: token.accessToken, fetch });
        holder.forget(token);
      }
    }
  };
}
function chooseProofKey(bind, proofKey) {
  if (bind !== void 0 && bind !== "dpop" && bind !== "none") {
    throw new OptionError('bind must be "dpop" or "none"');
  }
  if (bind === "none" && proofKey !== void 0) {
    throw new OptionError('proofKey cannot be used with bind: "none"');
  }
  return proofKey ?? (bind === "dpop" ? createProofKey() : void 0);
}

// action/src/deliveries.ts
import { join as join5, resolve } from "node:path";

// action/src/forms/docker.ts
import { homedir } from "node:os";
import { join } from "node:path";

// action/src/read-configuration.ts
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";

// action/src/limits.ts
var MAX_CONFIGURATION_BYTES = 64 * 1024;
var MAX_EVENT_BYTES = 8 * 1024 * 1024;
var MAX_RETRY_SECONDS = 3600;
var MAX_INPUT_CHARACTERS = 2048;

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

// src/web/text/plain.ts
var UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
var COMMAND2 = /##(?=\w*\[)|^(\s*):(?=:)/g;
function makePlain(text) {
  return text.replace(UNSAFE, (character) => escapeAs(character.codePointAt(0))).replace(
    COMMAND2,
    (_2, indent) => indent === void 0 ? "#\\u{23}" : `${indent}\\u{3a}`
  );
}
function escapeAs(codePoint = 0) {
  return `\\u{${codePoint.toString(16)}}`;
}

// action/src/workflow-commands.ts
function mask(value) {
  write(`::add-mask::${escapeData(value)}`);
}
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

// action/src/read-configuration.ts
function readConfiguration(path, environment) {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === void 0) return void 0;
    if (isOfWorkspace(path, environment)) {
      say(`${path} is ignored: configuration files in the workspace are not used`);
      return void 0;
    }
    if (stats.isFile() && stats.size <= MAX_CONFIGURATION_BYTES) return readFileSync(path, "utf8");
  } catch (error) {
    throw new StepFailure(`${path} cannot be read (${errorCode(error)})`);
  }
  throw new StepFailure(`${path} is not a file of at most ${MAX_CONFIGURATION_BYTES} bytes`);
}
function isOfWorkspace(path, { GITHUB_WORKSPACE: workspace }) {
  if (!isAbsolute(path)) return true;
  if (!workspace) return false;
  return isBelow(workspace, path) || isBelow(realpathSync(workspace), realpathSync(path));
}
function isBelow(folder, path) {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

// action/src/forms/docker.ts
function prepareDocker(order, surroundings) {
  const { directory, environment } = surroundings;
  const { host } = order.place;
  const before = readSettings(environment.DOCKER_CONFIG || join(homedir(), ".docker"), environment);
  const { credsStore: _2, auths, credHelpers, ...kept } = before;
  const folder = join(directory, "docker");
  return (token) => {
    const auth = Buffer.from(`${order.username}:${token}`).toString("base64");
    const settings = {
      ...kept,
      auths: { ...asObject(auths), [host]: { auth } },
      // Docker would use a helper for this registry instead of the login.
      credHelpers: without(asObject(credHelpers), host)
    };
    const content = `${JSON.stringify(settings, null, 2)}
`;
    return {
      files: [{ path: join(folder, "config.json"), content }],
      variables: { DOCKER_CONFIG: folder },
      masks: [auth]
    };
  };
}
function readSettings(folder, environment) {
  const path = join(folder, "config.json");
  const text = readConfiguration(path, environment);
  if (text === void 0) return {};
  const settings = parseObject(text);
  if (settings === void 0) throw new StepFailure(`${path} is not a JSON object`);
  return settings;
}
function asObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
function without(settings, name) {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
}

// action/src/forms/git-credential.ts
import { join as join2 } from "node:path";
function prepareGitCredential(order, surroundings) {
  const { directory, environment } = surroundings;
  const { origin } = order.place;
  const store = join2(directory, "git-credentials");
  const configuration = join2(directory, "gitconfig");
  const count = readCount(environment);
  return (token) => {
    const login = `${order.username}:${encodeURIComponent(token)}`;
    return {
      files: [
        { path: configuration, content: renderConfiguration(origin, store) },
        { path: store, content: `${origin.replace("://", `://${login}@`)}
` }
      ],
      variables: {
        GIT_CONFIG_COUNT: String(count + 1),
        [`GIT_CONFIG_KEY_${count}`]: "include.path",
        // On Windows too, git reads a backslash as an escape.
        [`GIT_CONFIG_VALUE_${count}`]: configuration.replaceAll("\\", "/")
      }
    };
  };
}
function renderConfiguration(origin, store) {
  const quoted = `'${store.replaceAll("\\", "/").replaceAll("'", `'\\''`)}'`;
  const value = `store --file=${quoted}`.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return `[credential "${origin}"]
	helper =
	helper = "${value}"
`;
}
function readCount(environment) {
  const text = environment.GIT_CONFIG_COUNT ?? "";
  if (text === "") return 0;
  if (!/^[0-9]{1,4}$/.test(text)) throw new StepFailure("GIT_CONFIG_COUNT is not a number");
  return Number(text);
}

// action/src/forms/netrc.ts
import { homedir as homedir2 } from "node:os";
import { join as join3 } from "node:path";
function prepareNetrc(order, surroundings) {
  const { directory, environment } = surroundings;
  const { place, username } = order;
  const path = join3(directory, "netrc");
  const inForce = environment.NETRC || join3(homedir2(), ".netrc");
  const before = readConfiguration(inForce, environment) ?? "";
  return (token) => {
    const entry = `machine ${place.hostname}
  login ${username}
  password ${token}
`;
    return { files: [{ path, content: `${entry}${before}` }], variables: { NETRC: path } };
  };
}

// action/src/forms/npmrc.ts
import { homedir as homedir3 } from "node:os";
import { join as join4 } from "node:path";
function prepareNpmrc({ place }, { directory, environment }) {
  const before = readConfiguration(
    environment.NPM_CONFIG_USERCONFIG || environment.npm_config_userconfig || join4(homedir3(), ".npmrc"),
    environment
  );
  const kept = before === void 0 || before.endsWith("\n") ? before ?? "" : `${before}
`;
  const registry = `//${place.host}${place.path.endsWith("/") ? place.path : `${place.path}/`}`;
  const path = join4(directory, "npmrc");
  return (token) => ({
    files: [{ path, content: `${kept}${registry}:_authToken=${token}
` }],
    variables: { NPM_CONFIG_USERCONFIG: path }
  });
}

// action/src/deliveries.ts
function prepareDelivery(order, surroundings) {
  switch (order.form) {
    case "output":
      return () => ({ isStepOutput: true });
    case "env":
      return (token) => ({ variables: { [order.name]: token } });
    case "file": {
      const path = resolve(order.path ?? join5(surroundings.directory, "token"));
      return (token) => ({ files: [{ path, content: token }] });
    }
    case "netrc":
      return prepareNetrc(order, surroundings);
    case "npmrc":
      return prepareNpmrc(order, surroundings);
    case "docker":
      return prepareDocker(order, surroundings);
    case "git-credential":
      return prepareGitCredential(order, surroundings);
  }
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

// action/src/id-token-permission.ts
import { readFileSync as readFileSync2, statSync as statSync2 } from "node:fs";
function checkIdTokenPermission(environment) {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  if (url !== void 0 && url !== "" && token !== void 0 && token !== "") return;
  if (isForkPullRequest(environment)) {
    throw new StepFailure("a pull request from a fork gets no OIDC token", [
      "GitHub gives no token to code from a fork, even with id-token: write",
      "skip the step: if: github.event.pull_request.head.repo.id == github.repository_id",
      "never run code from a fork under pull_request_target: it would get the token"
    ]);
  }
  throw new StepFailure("this job may not request an OIDC token from GitHub", [
    "add to the job: permissions: { id-token: write }",
    "a job that calls a reusable workflow needs the same permission",
    "add contents: read as well if the job checks out code"
  ]);
}
function isForkPullRequest({ GITHUB_EVENT_NAME, GITHUB_EVENT_PATH }) {
  if (GITHUB_EVENT_NAME === "pull_request_target") return false;
  if (!GITHUB_EVENT_NAME?.startsWith("pull_request") || GITHUB_EVENT_PATH === void 0) {
    return false;
  }
  try {
    if (statSync2(GITHUB_EVENT_PATH).size > MAX_EVENT_BYTES) return false;
    const event = JSON.parse(readFileSync2(GITHUB_EVENT_PATH, "utf8"));
    const { head, base } = event.pull_request;
    return head.repo?.id !== base.repo?.id;
  } catch {
    return false;
  }
}

// action/src/env-name.ts
var NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
var RUNNER_PREFIXES = ["ACTIONS_", "GITHUB_", "INPUT_", "RUNNER_", "STATE_"];
var PROGRAM_PREFIXES = [
  ...["BASH_", "CARGO_", "CMAKE_", "CURL_", "DOCKER_", "DOTNET_", "DYLD_", "GIT_"],
  ...["EDGEMINT_DOCKER_", "EDGEMINT_SUBJECT_TOKEN_"],
  ...["JAVA_", "JDK_", "_JAVA_", "LC_", "LD_", "MALLOC_", "NODE_", "NPM_CONFIG_", "PERL", "PIP_"],
  ...["PYTHON", "RUBY", "SSH_", "SSL_", "TF_CLI_", "XDG_"]
];
var LOGIN = /_(?:API_KEY|PASSWORD|SECRET|TOKEN)$/;
var RESERVED_NAMES = /* @__PURE__ */ new Set([
  ...["ALL_PROXY", "APPDATA", "BASHOPTS", "BROWSER", "CC", "CDPATH", "CFLAGS", "CI", "CLASSPATH"],
  ...["COMSPEC", "CXX", "EDITOR", "ENV", "EUID", "GCONV_PATH", "GLIBC_TUNABLES", "GLOBIGNORE"],
  ...["EDGEMINT_AUDIENCE", "EDGEMINT_DEBUG", "EDGEMINT_PROXY_URL", "EDGEMINT_RESOURCE"],
  ...["EDGEMINT_RETRY_SECONDS", "EDGEMINT_RULE", "EDGEMINT_SCOPE", "EDGEMINT_TOKEN_FILE"],
  ...["EDGEMINT_URL", "GOBIN", "GOFLAGS", "GOPATH", "GOPROXY", "GOROOT", "GRADLE_OPTS", "HOME"],
  ...["HOSTALIASES", "HTTPS_PROXY", "HTTP_PROXY", "IFS", "KUBECONFIG", "LANG", "LANGUAGE"],
  ...["LDFLAGS", "LESSCLOSE", "LESSOPEN", "LOCALAPPDATA", "LOCPATH", "LOGNAME", "MAKEFLAGS"],
  ...["MAVEN_OPTS", "NETRC", "NLSPATH", "NO_PROXY", "OLDPWD", "PAGER", "PATH", "PATHEXT", "PPID"],
  ...["PROMPT_COMMAND", "PS4", "PSMODULEPATH", "PWD", "RUSTC_WRAPPER", "RUSTFLAGS", "SHELL"],
  ...["SHELLOPTS", "SYSTEMROOT", "TEMP", "TERM", "TERMINFO", "TMP", "TMPDIR", "TZ", "UID"],
  ...["USER", "USERNAME", "USERPROFILE", "VISUAL", "WINDIR", "ZDOTDIR", "_"]
]);
function checkEnvName(name) {
  if (!NAME.test(name)) {
    throw new StepFailure("env-name must be letters, digits and _, and must not begin with a digit");
  }
  const capitals = name.toUpperCase();
  const begins = (prefix) => capitals.startsWith(prefix);
  const isSetting = PROGRAM_PREFIXES.some(begins) && !LOGIN.test(capitals);
  if (isSetting || RESERVED_NAMES.has(capitals) || RUNNER_PREFIXES.some(begins)) {
    throw new StepFailure(`env-name must not be ${name}: other programs read this variable`);
  }
  return name;
}

// action/src/place.ts
var HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[::1\])(?::[0-9]{1,5})?$/;
var PATH = /^(?:\/[A-Za-z0-9._~@-]+)*\/?$/;
function parsePlace(input, text) {
  const [, scheme = "https", rest = ""] = /^(?:(https?):\/\/)?(.*)$/s.exec(text) ?? [];
  const slash = rest.indexOf("/");
  const host = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? "/" : rest.slice(slash);
  const address = `${scheme}://${host}`;
  if (!HOST.test(host) || !PATH.test(path) || !URL.canParse(address)) {
    throw new StepFailure(`${input} must be a host, such as packages.example.com`);
  }
  const url = new URL(address);
  if (scheme === "http" && !isLoopbackName(url.hostname)) {
    throw new StepFailure(`${input} must be https; http is for loopback addresses only`);
  }
  return { origin: url.origin, host: url.host, hostname: url.hostname, path };
}
function parseHost(input, text) {
  const place = parsePlace(input, text);
  if (place.path !== "/") throw new StepFailure(`${input} must be a host, without a path`);
  return place;
}

// action/src/inputs.ts
var FORMS = ["output", "env", "file", "netrc", "npmrc", "docker", "git-credential"];
var DEFAULT_ENV_NAME = "EDGEMINT_TOKEN";
var DEFAULT_USERNAME = "edgemint";
function parseInputs(environment) {
  const read = (name) => readInput(environment, name);
  const given = requireInput("url", read("url"));
  const fault = findGatewayUrlFault(given);
  if (fault !== void 0) throw new StepFailure(`url ${fault}`);
  const url = canonicalGatewayUrl(given);
  const lifetime = read("lifetime");
  const retrySeconds = read("retry-seconds");
  return {
    url,
    resource: requireInput("resource", read("resource")),
    scopes: splitList(read("scope") ?? ""),
    rule: read("rule"),
    audience: read("audience") ?? url,
    lifetimeSeconds: lifetime === void 0 ? void 0 : parseLifetime(lifetime),
    retrySeconds: retrySeconds === void 0 ? void 0 : parseRetrySeconds(retrySeconds),
    deliveries: parseForms(read("output") ?? "output").map((form) => parseOrder(form, read))
  };
}
function readInput(environment, name) {
  const value = environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? "";
  if (value === "") return void 0;
  if (value.length > MAX_INPUT_CHARACTERS) {
    throw new StepFailure(`${name} is longer than ${MAX_INPUT_CHARACTERS} characters`);
  }
  const isList = name === "scope" || name === "output";
  const unsafe = isList ? /[^\P{Cc}\n\r\t]/u : new RegExp("\\p{Cc}", "u");
  if (unsafe.test(value)) throw new StepFailure(`${name} must not contain control characters`);
  return value;
}
function requireInput(name, value) {
  if (value === void 0) throw new StepFailure(`the input ${name} is missing`);
  return value;
}
function splitList(text) {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}
function parseLifetime(text) {
  const seconds = parseSeconds(text);
  const fault = findLifetimeFault(seconds);
  if (fault !== void 0) throw new StepFailure(`lifetime ${fault}`);
  return seconds;
}
function parseRetrySeconds(text) {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) > MAX_RETRY_SECONDS) {
    throw new StepFailure(`retry-seconds must be a number from 0 to ${MAX_RETRY_SECONDS}`);
  }
  return Number(text);
}
function parseForms(text) {
  const forms = splitList(text).map((name) => {
    const form = FORMS.find((known) => known === name);
    if (form === void 0)
      throw new StepFailure(`output must be one or more of ${FORMS.join(", ")}`);
    return form;
  });
  return [...new Set(forms)];
}
function checkFilePath(path) {
  if (path !== void 0 && /[/\\]$/.test(path)) {
    throw new StepFailure("file must be the path of a file, without a slash at its end");
  }
  return path;
}
function parseOrder(form, read) {
  const needs = (name) => {
    const value = read(name);
    if (value === void 0) throw new StepFailure(`output ${form} needs the input ${name}`);
    return value;
  };
  switch (form) {
    case "output":
      return { form };
    case "env":
      return { form, name: checkEnvName(read("env-name") ?? DEFAULT_ENV_NAME) };
    case "file":
      return { form, path: checkFilePath(read("file")) };
    case "netrc": {
      const place = parseHost("host", needs("host"));
      if (place.host !== place.hostname) {
        throw new StepFailure("netrc does not support ports: use a host without a port");
      }
      return { form, place, username: parseUsername(read) };
    }
    case "git-credential":
      return { form, place: parseHost("host", needs("host")), username: parseUsername(read) };
    case "npmrc":
      return { form, place: parsePlace("registry", needs("registry")) };
    case "docker":
      return {
        form,
        place: parseHost("registry", needs("registry")),
        username: parseUsername(read)
      };
  }
}
function parseUsername(read) {
  const username = read("username") ?? DEFAULT_USERNAME;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(username)) {
    throw new StepFailure("username must be letters, digits, dots, hyphens and underscores");
  }
  return username;
}

// action/src/private-files.ts
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join as join6, resolve as resolve2, sep as sep2 } from "node:path";

// action/src/runner-files.ts
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
var RUNNER_FILES = ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STATE"];
function checkRunnerFiles() {
  for (const file of RUNNER_FILES) append(file, "");
}
function setValue(file, name, value) {
  append(file, renderValue(name, value, `edgemint_${randomUUID()}`));
}
function append(file, text) {
  const path = requirePath(file);
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw new StepFailure(`cannot write ${file}, which is ${path} (${errorCode(error)})`);
  }
}
function requirePath(file) {
  const path = process.env[file] ?? "";
  if (path !== "") return path;
  throw new StepFailure(`${file} is not set: this program runs as a step of GitHub Actions`);
}
function renderValue(name, value, delimiter) {
  if (value.includes(delimiter) || name.includes(delimiter)) {
    throw new StepFailure(`the value of ${name} cannot be passed to the runner`);
  }
  return `${name}<<${delimiter}
${value}
${delimiter}
`;
}

// action/src/private-files.ts
var PREFIX = "edgemint-";
function createDirectory() {
  const temp = requireTemp();
  try {
    const directory = mkdtempSync(join6(temp, PREFIX));
    setValue("GITHUB_STATE", "directory", directory);
    return directory;
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    throw new StepFailure(`cannot create a directory in RUNNER_TEMP (${errorCode(error)})`);
  }
}
function createPrivate(path, directory) {
  const isInside = path.startsWith(`${directory}${sep2}`);
  try {
    if (isInside) mkdirSync(dirname(path), { recursive: true, mode: 448 });
    const file = openSync(path, "wx", 384);
    if (!isInside) setValue("GITHUB_STATE", "path", path);
    return {
      path,
      write(content) {
        writeFileSync(file, content);
        closeSync(file);
      }
    };
  } catch (error) {
    if (error instanceof StepFailure) throw error;
    throw new StepFailure(`cannot create ${path} (${errorCode(error)})`, [
      "the directory must exist, and the path must not"
    ]);
  }
}
function requireTemp() {
  const path = process.env.RUNNER_TEMP ?? "";
  if (path === "") throw new StepFailure("RUNNER_TEMP is not set");
  return resolve2(path);
}

// action/src/unused-inputs.ts
var FORM_INPUTS = [
  { name: "env-name", forms: ["env"], preset: DEFAULT_ENV_NAME },
  { name: "file", forms: ["file"] },
  { name: "host", forms: ["netrc", "git-credential"] },
  { name: "registry", forms: ["npmrc", "docker"] },
  { name: "username", forms: ["netrc", "docker", "git-credential"], preset: DEFAULT_USERNAME }
];
function findUnusedInputs(environment, output) {
  return FORM_INPUTS.filter(({ name, forms, preset = "" }) => {
    const value = environment[`INPUT_${name.toUpperCase()}`]?.trim() ?? "";
    return value !== "" && value !== preset && !forms.some((form) => output.includes(form));
  }).map(({ name, forms }) => {
    const uses = `it is only for output ${forms.join(", ")}`;
    return `the input ${name} has no effect: ${uses}, and output is ${output.join(", ")}`;
  });
}

// action/src/main.ts
try {
  await main();
} catch (error) {
  annotate("error", describeFailure(error));
  process.exitCode = 1;
}
async function main() {
  checkRunnerFiles();
  const inputs = parseInputs(process.env);
  const output = inputs.deliveries.map(({ form }) => form);
  for (const line of findUnusedInputs(process.env, output)) annotate("warning", [line]);
  checkIdTokenPermission(process.env);
  setValue("GITHUB_STATE", "url", inputs.url);
  const needsFiles = output.some((form) => form !== "output" && form !== "env");
  const directory = needsFiles ? createDirectory() : "";
  const surroundings = { directory, environment: process.env };
  const prepared = inputs.deliveries.map((order) => prepareDelivery(order, surroundings));
  const paths = prepared.flatMap((deliver) => deliver("").files ?? []).map(({ path }) => path);
  const files = paths.map((path) => createPrivate(path, directory));
  const issued = await exchange2(inputs);
  mask(issued.accessToken);
  setValue("GITHUB_STATE", "token", issued.accessToken);
  const deliveries = prepared.map((deliver) => deliver(issued.accessToken));
  hand(deliveries, issued, files);
  const scope = issued.scopes.join(" ");
  const expiry = formatMoment(issued.expiresAt);
  say(`issued a token for ${inputs.resource}, scope "${scope}", valid until ${expiry}`);
  say(`the decision is ${issued.decisionId}`);
}
function exchange2(inputs) {
  const { deliveries: _2, ...options } = inputs;
  const source = maskTokens(openSource("github-actions"));
  return createTokenSource({ ...options, source }).getToken();
}
function maskTokens(source) {
  return {
    name: source.name,
    async getSubjectToken(request) {
      const token = await source.getSubjectToken(request);
      mask(token);
      return token;
    }
  };
}
function hand(deliveries, issued, files) {
  for (const value of deliveries.flatMap(({ masks = [] }) => masks)) mask(value);
  const contents = deliveries.flatMap((delivery) => delivery.files ?? []);
  files.forEach((file, index) => {
    file.write(contents[index]?.content ?? "");
  });
  for (const { variables = {} } of deliveries) {
    for (const [name, value] of Object.entries(variables)) setValue("GITHUB_ENV", name, value);
  }
  const isStepOutput = deliveries.some((delivery) => delivery.isStepOutput === true);
  if (isStepOutput) setValue("GITHUB_OUTPUT", "token", issued.accessToken);
  setValue("GITHUB_OUTPUT", "expires-at", formatMoment(issued.expiresAt));
  setValue("GITHUB_OUTPUT", "decision-id", issued.decisionId);
  setValue("GITHUB_OUTPUT", "scope", issued.scopes.join(" "));
  const [first] = files;
  if (first !== void 0) setValue("GITHUB_OUTPUT", "file", first.path);
}
function formatMoment(epochSeconds) {
  return new Date(Math.floor(epochSeconds) * 1e3).toISOString().replace(".000Z", "Z");
}
