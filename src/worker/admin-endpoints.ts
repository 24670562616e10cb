/** The rows of the admin API in the table of endpoints. Each needs an admin scope. */
import { historySchema } from '../contract/backup/history.ts'
import { trustDocumentSchema } from '../contract/trust-document.ts'
import { METRICS_CONTENT_TYPES } from '../core/metrics/render.ts'
import { PATHS } from '../protocol/paths.ts'
import { type AdminEndpoint, JSON_BODY } from './endpoint.ts'
import { getActivityRoute } from './routes/admin/activity.ts'
import { getDecisionRoute } from './routes/admin/decision.ts'
import { getDecisionsRoute } from './routes/admin/decisions.ts'
import { getDecisionsExportRoute } from './routes/admin/decisions-export.ts'
import { explainRequestSchema, postExplainRoute } from './routes/admin/explain.ts'
import { getAdminHealthRoute } from './routes/admin/health.ts'
import { getIssuersRoute } from './routes/admin/issuers.ts'
import { getKeysRoute } from './routes/admin/keys.ts'
import { getMetricsRoute } from './routes/admin/metrics.ts'
import { getPostureRoute } from './routes/admin/posture.ts'
import {
  getRevocationsExportRoute,
  getRevocationsRoute,
  postRevocationsImportRoute,
  revocationImportSchema,
} from './routes/admin/revocations/list.ts'
import { liftRequestSchema, revocationRequestSchema } from './routes/admin/revocations/request.ts'
import { postLiftRoute, postRevocationRoute } from './routes/admin/revocations/revoke.ts'
import {
  getTrustProblemsRoute,
  getTrustRoute,
  postValidateRoute,
  putTrustRoute,
} from './routes/admin/trust.ts'
import {
  getIssuerKeysRoute,
  postTrustHistoryRoute,
  putTrustHistoryRoute,
} from './routes/admin/trust-history.ts'
import { getTrustRevisionsRoute } from './routes/admin/trust-revisions.ts'

const ADMIN = {
  limit: 'none',
  cors: 'none',
  cache: 'by_route',
  parameters: [],
  response: JSON_BODY,
} as const

export const ADMIN_ENDPOINTS: readonly AdminEndpoint[] = [
  {
    ...ADMIN,
    path: PATHS.adminTrust,
    methods: ['GET'],
    summary: 'the current trust document; `?revision=N` returns an earlier one',
    authentication: 'trust:read',
    parameters: ['revision'],
    response: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: getTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrust,
    methods: ['PUT'],
    summary:
      'replaces the trust document; `If-Match` names the revision to replace, `?message=` says why',
    authentication: 'trust:write',
    parameters: ['message'],
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: putTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustProblems,
    methods: ['GET'],
    summary: 'the parts of the stored document that this release cannot use',
    authentication: 'trust:read',
    handler: getTrustProblemsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustRevisions,
    methods: ['GET'],
    summary:
      'the revisions, newest first: author, message, time and digest; `limit` and `before` page',
    authentication: 'trust:read',
    parameters: ['limit', 'before'],
    handler: getTrustRevisionsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustHistory,
    methods: ['PUT'],
    summary: 'stores a document of a history that is imported next; `?revision=N` names it',
    authentication: 'trust:write',
    parameters: ['revision'],
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: putTrustHistoryRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustHistory,
    methods: ['POST'],
    summary: 'imports the history of another gateway into one without a revision',
    authentication: 'trust:write',
    request: { contentType: 'application/json', schema: historySchema },
    handler: postTrustHistoryRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminValidate,
    methods: ['POST'],
    summary: 'compiles a trust document and stores nothing; lists its problems',
    authentication: 'trust:plan',
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: postValidateRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminIssuers,
    methods: ['GET'],
    summary: 'the keys, the last failure and the decision counts of each trusted issuer',
    authentication: 'trust:read',
    handler: getIssuersRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminIssuerKeys,
    methods: ['GET'],
    summary: 'the last known public keys of issuers, for a backup; `?after=URL` continues',
    authentication: 'trust:read',
    parameters: ['after'],
    handler: getIssuerKeysRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminKeys,
    methods: ['GET'],
    summary: 'the signing keys of the gateway: their states and dates, without key material',
    authentication: 'trust:read',
    handler: getKeysRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminHealth,
    methods: ['GET'],
    summary: 'the readiness report with names of rules, issuers and resources',
    authentication: 'trust:read',
    handler: getAdminHealthRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminExplain,
    methods: ['POST'],
    summary: 'what the current trust document decides for some claims, and why',
    authentication: 'trust:read',
    request: { contentType: 'application/json', schema: explainRequestSchema },
    handler: postExplainRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminPosture,
    methods: ['GET'],
    summary:
      'rights without use, rules that end, owners, failing issuers and keys; `?unused_days=N`',
    authentication: 'trust:read',
    parameters: ['unused_days'],
    handler: getPostureRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocations,
    methods: ['POST'],
    summary:
      'revokes one token, or all of a subject, rule, issuer or key, or everything; `dry_run` counts',
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: revocationRequestSchema },
    handler: postRevocationRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocations,
    methods: ['GET'],
    summary: 'the coarse revocations in force: who, when, why and until when',
    authentication: 'trust:read',
    handler: getRevocationsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocationsLift,
    methods: ['POST'],
    summary: 'lets issuing go on after a coarse revocation; earlier tokens stay revoked',
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: liftRequestSchema },
    handler: postLiftRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocationsExport,
    methods: ['GET'],
    summary: 'all revocations in parts, for a backup; `?after=N` continues',
    authentication: 'revocations:write',
    parameters: ['after'],
    handler: getRevocationsExportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocationsImport,
    methods: ['POST'],
    summary: 'adds the revocations of an export; weakens none that is stored',
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: revocationImportSchema },
    handler: postRevocationsImportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecisions,
    methods: ['GET'],
    summary:
      'recorded decisions by time, rule, issuer, subject, claim, resource, outcome or reason',
    authentication: 'decisions:read',
    parameters: 'by_route',
    handler: getDecisionsRoute,
  },
  // This row and the next one are before the row with `{id}`, which their paths fit too.
  {
    ...ADMIN,
    path: PATHS.adminDecisionsActivity,
    methods: ['GET'],
    summary:
      'the number of granted, denied and failed decisions over time; `hours` sets the period',
    authentication: 'decisions:read',
    parameters: ['hours'],
    handler: getActivityRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecisionsExport,
    methods: ['GET'],
    summary: 'the signed hash chain of one shard of the decision log, in parts',
    authentication: 'decisions:read',
    parameters: 'by_route',
    response: { contentType: 'application/x-ndjson' },
    handler: getDecisionsExportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecision,
    methods: ['GET'],
    summary: 'one decision, and why the rules of its revision made it',
    authentication: 'decisions:read',
    handler: getDecisionRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminMetrics,
    methods: ['GET'],
    summary: 'counters for Prometheus, as OpenMetrics or in the older text format',
    authentication: 'metrics:read',
    response: {
      contentType: METRICS_CONTENT_TYPES.prometheus,
      alternative: METRICS_CONTENT_TYPES.openmetrics,
    },
    handler: getMetricsRoute,
  },
]
