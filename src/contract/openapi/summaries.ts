/**
 * What each endpoint does, in one line, for the documentation. The keys are the first method and the
 * path of a row in the table of endpoints; `*` stands for any method. The Worker does not import this
 * file.
 */
import {
  OAUTH_AUTHORIZATION_SERVER,
  OAUTH_PROTECTED_RESOURCE,
  OPENID_CONFIGURATION,
  PATHS,
} from '../../protocol/paths.ts'

export const SUMMARIES: Readonly<Record<string, string>> = {
  [`POST ${PATHS.token}`]:
    'issues a token for a token of a platform, by one of three grant types (RFC 8693, RFC 7523)',
  [`POST ${PATHS.introspect}`]:
    'tells whether an issued token is active; reads the revocation log (RFC 7662, RFC 9701)',
  [`POST ${PATHS.revoke}`]:
    'revokes an issued token; answers after the revocation is stored (RFC 7009)',
  [`* ${PATHS.verify}`]: 'forward auth: tells a proxy whether a request may pass',
  [`GET ${PATHS.authorize}`]:
    'always answers `unsupported_response_type`; libraries require it in the metadata',
  [`GET ${OPENID_CONFIGURATION}`]: 'the metadata of the gateway (OpenID Connect Discovery)',
  [`GET ${OAUTH_AUTHORIZATION_SERVER}`]: 'the same metadata, at the path of RFC 8414',
  [`GET ${OAUTH_PROTECTED_RESOURCE}`]: 'the metadata of a resource that asks for it (RFC 9728)',
  [`GET ${PATHS.jwks}`]: 'the public keys that verify issued tokens (RFC 7517)',
  [`GET ${PATHS.wellKnownJwks}`]: 'the same keys, for libraries that do not read metadata',
  [`GET ${PATHS.spiffeBundle}`]:
    'the bundle of the SPIFFE trust domain of the gateway, if it has one',
  [`GET ${PATHS.statusList}`]: 'a Token Status List (draft)',
  [`GET ${PATHS.statusLists}`]: 'the URIs of the status lists',
  [`GET ${PATHS.trustSchema}`]: 'the JSON Schema of trust documents, for editors',
  [`GET ${PATHS.openApi}`]: 'the OpenAPI 3.1 description of every endpoint',
  [`GET ${PATHS.adminLogin}`]: 'by which provider people log in',
  [`GET ${PATHS.health}`]: 'tells whether the gateway is ready, and which part is not',
  [`GET ${PATHS.adminTrust}`]: 'the current trust document; `?revision=N` returns an earlier one',
  [`PUT ${PATHS.adminTrust}`]:
    'replaces the trust document; `If-Match` names the revision to replace, `?message=` says why',
  [`GET ${PATHS.adminTrustProblems}`]:
    'the parts of the stored document that this release cannot use',
  [`GET ${PATHS.adminTrustRevisions}`]:
    'the revisions, newest first: author, message, time and digest; `limit` and `before` page',
  [`PUT ${PATHS.adminTrustHistory}`]:
    'stores a document of a history that is imported next; `?revision=N` names it',
  [`POST ${PATHS.adminTrustHistory}`]:
    'imports the history of another gateway into one without a revision',
  [`POST ${PATHS.adminValidate}`]:
    'compiles a trust document and stores nothing; lists its problems',
  [`GET ${PATHS.adminIssuers}`]:
    'the keys, the last failure and the decision counts of each trusted issuer',
  [`GET ${PATHS.adminIssuerKeys}`]:
    'the last known public keys of issuers, for a backup; `?after=URL` continues',
  [`GET ${PATHS.adminKeys}`]:
    'the signing keys of the gateway: their states and dates, without key material',
  [`GET ${PATHS.adminHealth}`]: 'the readiness report with names of rules, issuers and resources',
  [`POST ${PATHS.adminExplain}`]:
    'what the current trust document decides for some claims, and why',
  [`GET ${PATHS.adminPosture}`]:
    'rights without use, rules that end, owners, failing issuers and keys; `?unused_days=N`',
  [`POST ${PATHS.adminRevocations}`]:
    'revokes one token, or all of a subject, rule, issuer or key, or everything; `dry_run` counts',
  [`GET ${PATHS.adminRevocations}`]:
    'the coarse revocations in force: who, when, why and until when',
  [`POST ${PATHS.adminRevocationsLift}`]:
    'lets issuing go on after a coarse revocation; earlier tokens stay revoked',
  [`GET ${PATHS.adminRevocationsExport}`]:
    'all revocations in parts, for a backup; `?after=N` continues',
  [`POST ${PATHS.adminRevocationsImport}`]:
    'adds the revocations of an export; weakens none that is stored',
  [`GET ${PATHS.adminDecisions}`]:
    'recorded decisions by time, rule, issuer, subject, claim, resource, outcome or reason',
  [`GET ${PATHS.adminDecisionsActivity}`]:
    'the number of granted, denied and unavailable decisions over time; `hours` sets the period',
  [`GET ${PATHS.adminDecisionsExport}`]:
    'the signed hash chain of one shard of the decision log, in parts',
  [`GET ${PATHS.adminDecision}`]: 'one decision, and why the rules of its revision made it',
  [`GET ${PATHS.adminMetrics}`]:
    'counters for Prometheus, as OpenMetrics or in the older text format',
  [`GET ${PATHS.consoleSession}`]: 'who is signed in at the console',
  [`GET ${PATHS.consoleLogin}`]:
    'sends the browser to the provider of `ADMIN_LOGIN`; `?return_to=` is a page of the console',
  [`GET ${PATHS.consoleCallback}`]:
    'where the provider sends the browser back; sets the cookie of the session',
  [`POST ${PATHS.consoleLogout}`]: 'revokes the token of the session and removes its cookie',
  [`GET ${PATHS.console}`]: 'the pages of the console and their files',
}
