/**
 * What each type of problem means, and what to do about it: for docs/problems.md. Apart from the
 * table, so that no text is in the bundle of the Worker.
 */
import type { ProblemName } from './problems.ts'

type ProblemText = {
  readonly meaning: string
  /** How a request comes to have this answer. */
  readonly cause: string
  /** The next step. */
  readonly remedy: string
}

export const PROBLEM_TEXTS: Readonly<Record<ProblemName, ProblemText>> = {
  hostInvalid: {
    meaning: 'The `Host` header is not one host with an optional port.',
    cause:
      'A program or a proxy wrote the header itself, or a caller tried to change the path with it.',
    remedy: 'Send the host of the issuer URL.',
  },
  hostUnknown: {
    meaning: 'The gateway does not serve the host that the request names.',
    cause:
      'The request went to a second name of the gateway, or a page rebound its own name to it.',
    remedy: 'Use the issuer URL, or add the host to `ALLOWED_HOSTS`.',
  },
  pageForeign: {
    meaning: 'The request is not from a page of this gateway.',
    cause:
      'A page of another origin sent it to a gateway on this machine, or to the API of the console. A write of the console needs the header `Origin`.',
    remedy: 'Use a page of the gateway at its issuer URL, or `/admin/v1` in a program.',
  },
  adminOff: {
    meaning: 'The deployment has no administrators.',
    cause: '`BOOTSTRAP_TRUST` is not set.',
    remedy: 'Set the [deploy-time policy](trust-document.md#deploy-time-policy) and deploy again.',
  },
  loginOff: {
    meaning: 'People cannot log in at this gateway.',
    cause: '`ADMIN_LOGIN` is not set.',
    remedy: 'Set [`ADMIN_LOGIN`](login.md#set-it-up) and deploy again.',
  },
  tokenMissing: {
    meaning: 'The request has no bearer token.',
    cause: 'There is no `Authorization` header, or it has another scheme. Cookies are not read.',
    remedy:
      'Exchange a token of your platform with `resource` set to the issuer URL, and send the result as `Authorization: Bearer`.',
  },
  sessionMissing: {
    meaning: 'The request has no session of the console that is valid now.',
    cause: 'Nobody is signed in, the session has ended, or its token was revoked.',
    remedy: 'Open the console and sign in. Programs use `/admin/v1` with a bearer token.',
  },
  tokenInvalid: {
    meaning: 'The token is not an admin token of this gateway that is valid now.',
    cause:
      'It has expired or was revoked, it is for an API, or another issuer signed it. The answer does not say which.',
    remedy: 'Get a new token. `edgemint token --resource` with the issuer URL does it.',
  },
  scopeMissing: {
    meaning: 'The token is valid and lacks the scope of this endpoint.',
    cause:
      'The rule of `BOOTSTRAP_TRUST` that granted it has another [role](admin-api.md#roles), or the exchange asked for fewer scopes.',
    remedy: 'Use a job whose rule grants the scope that `WWW-Authenticate` names.',
  },
  pathUnknown: {
    meaning: 'No endpoint has this path.',
    cause:
      'The path is misspelt. Each path has one spelling, without a final slash or an encoded letter.',
    remedy: 'Look it up in [endpoints.md](endpoints.md).',
  },
  methodUnsupported: {
    meaning: 'The path has other methods.',
    cause: 'The request used a method that `Allow` does not list.',
    remedy: 'Use a method of `Allow`.',
  },
  parameterInvalid: {
    meaning: 'A query parameter is unknown, given twice, out of its limits or not UTF-8.',
    cause:
      'It is misspelt, or belongs to another endpoint. It is refused, because the answer would be that of another question.',
    remedy: 'Correct the parameters that `problems` names.',
  },
  headerInvalid: {
    meaning: 'A header has a form that its standard or the endpoint does not allow.',
    cause:
      '`If-Match` is not an entity tag, often because its quotes are missing. Or it is `*`, which names no revision.',
    remedy: 'Send the `ETag` of the answer of `GET`, unchanged.',
  },
  bodyInvalid: {
    meaning: 'The body is not the JSON that the endpoint takes. Nothing was done.',
    cause:
      'It is not JSON in UTF-8, nests too deeply, has a member twice in one object, or has a member that is missing, unknown or of another type.',
    remedy: 'Correct the members that `problems` names by their path.',
  },
  bodyTooLarge: {
    meaning: 'The body is larger than the endpoint accepts.',
    cause:
      'A trust document or a history may have 24 MiB, a part of an export of revocations 8 MiB, and other bodies 32 KiB.',
    remedy: 'Send less. [limits.md](limits.md) has the reasons.',
  },
  mediaTypeUnsupported: {
    meaning: 'The body has another content type than JSON.',
    cause: '`Content-Type` is missing, or is that of YAML or of a form.',
    remedy: 'Send `Content-Type: application/json`. `edgemint apply` converts YAML.',
  },
  revisionMissing: {
    meaning: 'A change must name the revision that it replaces.',
    cause: '`If-Match` is missing.',
    remedy: 'Read the document, and send its `ETag` in `If-Match`.',
  },
  revisionChanged: {
    meaning: 'The document has another revision than `If-Match` names. Nothing was stored.',
    cause: 'Somebody else applied a document meanwhile. `revision` is the current one.',
    remedy: 'Run `edgemint plan` again, and look at the difference before you apply.',
  },
  revisionUnknown: {
    meaning: 'The revision does not exist, or its document is damaged or no longer stored.',
    cause:
      '`revision` is no number, is in the future, or is older than the revisions that are kept.',
    remedy: 'Take a number of `edgemint trust log`, or the file from your repository.',
  },
  importRefused: {
    meaning: 'A history cannot be imported into this gateway.',
    cause:
      'The gateway has a revision, or it has the issuer URL of the exported gateway and `REPLAY_NOT_BEFORE` is not set.',
    remedy: 'Import into an empty gateway, with the [setting](backup.md#move-to-another-gateway).',
  },
  documentRefused: {
    meaning: 'The trust document does not compile. Nothing was stored.',
    cause:
      '`problems` has every fault with its path and a [code](trust-document.md#what-is-refused).',
    remedy: 'Correct the document. `edgemint validate` finds the same faults offline.',
  },
  tokenNotRevocable: {
    meaning: 'Nothing that was named can be revoked. Nothing was revoked.',
    cause:
      'Another issuer signed the token, or it has expired. Or every token issued before the moment `before` has expired.',
    remedy:
      'Nothing is needed for an expired token. Revoke a token of a platform there. Name a later moment.',
  },
  reasonMissing: {
    meaning:
      'A revocation of many tokens, or the end of its stop, has no reason. Nothing was done.',
    cause: '`reason` is missing. Only the revocation of a single token may lack it.',
    remedy: 'Say why, in one line: the list of revocations shows it to others.',
  },
  targetUnknown: {
    meaning: 'The rule, issuer or key does not exist. Nothing was revoked.',
    cause:
      'The name is misspelt, or older than the last ten revisions of the trust document. A key is unknown if its secret is no longer deployed: its tokens are not accepted any more.',
    remedy:
      'Look the name up in `edgemint decisions show`, in the document, or in `GET /admin/v1/keys`.',
  },
  confirmationMissing: {
    meaning: 'The revocation would end everything, or your own admin token. Nothing was revoked.',
    cause: '`confirm` is missing.',
    remedy: 'Look at the answer with `dry_run`, and send `confirm` as true. The CLI has `--yes`.',
  },
  momentInFuture: {
    meaning: 'Tokens that do not exist yet cannot be revoked. Nothing was revoked.',
    cause: '`before` is later than the clock of the revocation log.',
    remedy: 'Leave `before` out to stop the issuing of such tokens from now on.',
  },
  decisionWithoutToken: {
    meaning: 'The decision issued no token. Nothing was revoked.',
    cause: 'It was denied, or a part was unavailable.',
    remedy:
      'Nothing is needed. Look for other decisions of the subject: `edgemint decisions list`.',
  },
  stopUnknown: {
    meaning: 'There is no stop of issuing with this name. Nothing was changed.',
    cause: 'It was lifted before, has ended, or the revocation had `before` and stopped nothing.',
    remedy: 'Look at `GET /admin/v1/revocations`.',
  },
  filterInvalid: {
    meaning: 'A parameter of a question to the decision log is unknown, repeated or invalid.',
    cause: '`problems` names each one. Nothing was searched.',
    remedy: 'Correct the parameters, and ask again.',
  },
  periodTooLong: {
    meaning: '`from` is more than 366 days before `to`. Nothing was searched.',
    cause: 'One question covers at most this period.',
    remedy: 'Ask for shorter periods, one after the other.',
  },
  cursorInvalid: {
    meaning: '`cursor` does not continue this question. Nothing was searched.',
    cause:
      'It was changed, is of another gateway, or the other parameters differ from those of the page before.',
    remedy: 'Repeat the parameters with the `next` of the page before, or leave the cursor out.',
  },
  idInvalid: {
    meaning: 'The path has no decision id.',
    cause:
      'An id is `dec_` and 22 characters, which name a shard and a time. A text with a wrong character is not one, and neither is the `jti` of a token.',
    remedy:
      'Take the id from `decision_id` or from a log line. `edgemint decisions list` finds it by other facts.',
  },
  exportInvalid: {
    meaning:
      'The shard does not exist, or the batch is after the end of its chain. Nothing was exported.',
    cause: '`problems` names the parameter.',
    remedy:
      'Use the shards from 0 to one below `Edgemint-Decision-Shards`, and the `Link` of the part before.',
  },
  notFound: {
    meaning: 'The decision log does not have this decision.',
    cause:
      'A record arrives about a second after its answer, and is deleted after `DECISION_RETENTION_DAYS`, or earlier beyond `DECISION_MAX_RECORDS`.',
    remedy: 'Try again after a second. Look for an older one in the exports.',
  },
  exportPurged: {
    meaning: 'The next part of an export cannot follow the last one.',
    cause:
      'The export took longer than the oldest records were kept, or a stored block that has the next batches is damaged. `detail` says which.',
    remedy: 'Start a new export. It names the batches of a damaged block in a line `missing`.',
  },
  assetsMissing: {
    meaning: 'The deployment has no static assets, and the answer is one of them.',
    cause: 'The binding `ASSETS` is missing. Exchanges and the admin API work without it.',
    remedy: 'Add `[assets]` of the published `wrangler.toml` to yours and deploy again.',
  },
  logOff: {
    meaning: 'The deployment keeps no decisions.',
    cause: 'The binding `DECISION_LOG` is missing.',
    remedy:
      'Bind the Durable Object class `DecisionLog`: [architecture.md](architecture.md#the-decision-log).',
  },
  unavailable: {
    meaning: 'A part that the answer needs is down. The answer is never made without it.',
    cause:
      '`detail` names the part: a store, a shard of the decision log, or the settings of the deployment.',
    remedy: 'Wait as `Retry-After` says. `GET /health` names what is not ready.',
  },
  internalError: {
    meaning: 'The gateway has a bug.',
    cause: '`detail` has a request id. The log has the error under the same id.',
    remedy: 'Report it with the log line.',
  },
}
