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
    authentication: 'trust:read',
    parameters: ['revision'],
    response: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: getTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrust,
    methods: ['PUT'],
    authentication: 'trust:write',
    parameters: ['message'],
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: putTrustRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustProblems,
    methods: ['GET'],
    authentication: 'trust:read',
    handler: getTrustProblemsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustRevisions,
    methods: ['GET'],
    authentication: 'trust:read',
    parameters: ['limit', 'before'],
    handler: getTrustRevisionsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustHistory,
    methods: ['PUT'],
    authentication: 'trust:write',
    parameters: ['revision'],
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: putTrustHistoryRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminTrustHistory,
    methods: ['POST'],
    authentication: 'trust:write',
    request: { contentType: 'application/json', schema: historySchema },
    handler: postTrustHistoryRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminValidate,
    methods: ['POST'],
    authentication: 'trust:plan',
    request: { contentType: 'application/json', schema: trustDocumentSchema },
    handler: postValidateRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminIssuers,
    methods: ['GET'],
    authentication: 'trust:read',
    handler: getIssuersRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminIssuerKeys,
    methods: ['GET'],
    authentication: 'trust:read',
    parameters: ['after'],
    handler: getIssuerKeysRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminKeys,
    methods: ['GET'],
    authentication: 'trust:read',
    handler: getKeysRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminHealth,
    methods: ['GET'],
    authentication: 'trust:read',
    handler: getAdminHealthRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminExplain,
    methods: ['POST'],
    authentication: 'trust:read',
    request: { contentType: 'application/json', schema: explainRequestSchema },
    handler: postExplainRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminPosture,
    methods: ['GET'],
    authentication: 'trust:read',
    parameters: ['unused_days'],
    handler: getPostureRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocations,
    methods: ['POST'],
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: revocationRequestSchema },
    handler: postRevocationRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocations,
    methods: ['GET'],
    authentication: 'trust:read',
    handler: getRevocationsRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocationsLift,
    methods: ['POST'],
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: liftRequestSchema },
    handler: postLiftRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocationsExport,
    methods: ['GET'],
    authentication: 'revocations:write',
    parameters: ['after'],
    handler: getRevocationsExportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminRevocationsImport,
    methods: ['POST'],
    authentication: 'revocations:write',
    request: { contentType: 'application/json', schema: revocationImportSchema },
    handler: postRevocationsImportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecisions,
    methods: ['GET'],
    authentication: 'decisions:read',
    parameters: 'by_route',
    handler: getDecisionsRoute,
  },
  // This row and the next one are before the row with `{id}`, which their paths fit too.
  {
    ...ADMIN,
    path: PATHS.adminDecisionsActivity,
    methods: ['GET'],
    authentication: 'decisions:read',
    parameters: ['hours'],
    handler: getActivityRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecisionsExport,
    methods: ['GET'],
    authentication: 'decisions:read',
    parameters: 'by_route',
    response: { contentType: 'application/x-ndjson' },
    handler: getDecisionsExportRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminDecision,
    methods: ['GET'],
    authentication: 'decisions:read',
    handler: getDecisionRoute,
  },
  {
    ...ADMIN,
    path: PATHS.adminMetrics,
    methods: ['GET'],
    authentication: 'metrics:read',
    response: {
      contentType: METRICS_CONTENT_TYPES.prometheus,
      alternative: METRICS_CONTENT_TYPES.openmetrics,
    },
    handler: getMetricsRoute,
  },
]
