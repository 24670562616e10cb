/** The admin API for the OpenAPI document: parameters, answers and the problems of each route. */
import { PATHS } from '../../protocol/paths.ts'
import { decisionFilterSchema, MAX_PAGE_RECORDS } from '../decisions/query.ts'
import { ACTIVITY_DEFAULT_HOURS, ACTIVITY_MAX_HOURS, MAX_PAGE_REVISIONS } from '../limits.ts'
import { DEFAULT_UNUSED_DAYS, MAX_UNUSED_DAYS } from '../posture/report.ts'
import { revisionMessageSchema } from '../text.ts'
import type { Operations, Parameter } from './operation.ts'

const text = { type: 'string' } as const
const number = { type: 'integer', minimum: 0, maximum: 999_999_999_999_999 } as const

const query = (name: string, about: string, schema: Parameter['schema'] = text): Parameter => ({
  name,
  in: 'query',
  about,
  schema,
})

const filter = (name: keyof typeof decisionFilterSchema.shape, about: string): Parameter =>
  query(name, about, decisionFilterSchema.shape[name])

const time = {
  type: 'string',
  pattern: '^(\\d{1,11}|\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}Z)?)$',
} as const

const DECISION_PARAMETERS: readonly Parameter[] = [
  query('from', 'epoch seconds or UTC, inclusive', time),
  query('to', 'epoch seconds or UTC, exclusive; a date means its end', time),
  filter('rule', 'the rule that decided'),
  filter('issuer', 'the name of the issuer in the trust document'),
  filter('subject', 'the `sub` of the subject token'),
  filter('actor', 'the `sub` of the actor token'),
  filter(
    'resource',
    'the resource of the issued token; of a denial, the resource that was asked for',
  ),
  filter('outcome', 'the result'),
  filter('reason', 'the reason of a denial'),
  filter('token_id', 'the `jti` of the issued token'),
  query('claim', 'a recorded claim and its value, such as `repository_id=42`', {
    type: 'array',
    items: { type: 'string', pattern: '^[^=]+=.*$' },
    maxItems: 8,
  }),
  query('shard', 'search only this shard of the log, from 0', { ...number, maximum: 63 }),
  query('limit', 'the records of a page', {
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAGE_RECORDS,
    default: 100,
  }),
  query('cursor', '`next` of the page before'),
]

export const ADMIN_OPERATIONS: Operations = {
  [`GET ${PATHS.adminTrust}`]: {
    id: 'getTrust',
    parameters: [query('revision', 'an earlier revision', { ...number, minimum: 1 })],
    answers: {
      200: {
        about: 'the document; `ETag` has its revision',
        schema: 'TrustDocument',
        headers: ['ETag', 'Edgemint-Trust-Problems'],
      },
    },
    problems: ['revisionUnknown'],
  },
  [`PUT ${PATHS.adminTrust}`]: {
    id: 'putTrust',
    parameters: [
      {
        name: 'If-Match',
        in: 'header',
        about: 'the `ETag` of the revision to replace',
        isRequired: true,
        schema: { type: 'string', pattern: '^"\\d{1,15}"$' },
      },
      query('message', 'why; one line of plain text', revisionMessageSchema),
    ],
    answers: {
      200: { about: 'stored', schema: 'RevisionSummary', headers: ['ETag'] },
    },
    problems: [
      'headerInvalid',
      'documentRefused',
      'revisionChanged',
      'revisionMissing',
      'bodyTooLarge',
      'mediaTypeUnsupported',
    ],
  },
  [`GET ${PATHS.adminTrustProblems}`]: {
    id: 'getTrustProblems',
    answers: { 200: { about: 'the problems', schema: 'TrustProblems', headers: ['ETag'] } },
  },
  [`GET ${PATHS.adminTrustRevisions}`]: {
    id: 'listRevisions',
    parameters: [
      query('limit', 'the revisions of a page', {
        type: 'integer',
        minimum: 1,
        maximum: MAX_PAGE_REVISIONS,
        default: 100,
      }),
      query('before', '`next` of the page before', { ...number, minimum: 1 }),
    ],
    answers: { 200: { about: 'a page, the newest first', schema: 'RevisionPage' } },
  },
  [`PUT ${PATHS.adminTrustHistory}`]: {
    id: 'putHistoryDocument',
    parameters: [
      {
        ...query('revision', 'the number of its revision', { ...number, minimum: 1 }),
        isRequired: true,
      },
    ],
    answers: { 200: { about: 'kept for the import', schema: 'HistoryStaged' } },
    problems: ['parameterInvalid', 'importRefused', 'bodyTooLarge', 'mediaTypeUnsupported'],
  },
  [`POST ${PATHS.adminTrustHistory}`]: {
    id: 'importHistory',
    answers: { 200: { about: 'imported', schema: 'RevisionSummary', headers: ['ETag'] } },
    problems: [
      'bodyInvalid',
      'documentRefused',
      'importRefused',
      'bodyTooLarge',
      'mediaTypeUnsupported',
    ],
  },
  [`POST ${PATHS.adminValidate}`]: {
    id: 'validateTrust',
    answers: { 200: { about: 'whether it compiles, and its problems', schema: 'Validation' } },
    problems: ['bodyTooLarge', 'mediaTypeUnsupported'],
  },
  [`GET ${PATHS.adminIssuers}`]: {
    id: 'getIssuers',
    answers: { 200: { about: 'the issuers', schema: 'Issuers' } },
  },
  [`GET ${PATHS.adminIssuerKeys}`]: {
    id: 'getIssuerKeys',
    parameters: [query('after', 'the `url` of the last issuer of the answer before')],
    answers: { 200: { about: 'the key sets, by URL', schema: 'IssuerKeys' } },
  },
  [`GET ${PATHS.adminKeys}`]: {
    id: 'getKeys',
    answers: { 200: { about: 'the keys', schema: 'Keys' } },
  },
  [`GET ${PATHS.adminHealth}`]: {
    id: 'getAdminHealth',
    answers: { 200: { about: 'the report, ready or not', schema: 'AdminHealth' } },
  },
  [`POST ${PATHS.adminExplain}`]: {
    id: 'explain',
    answers: { 200: { about: 'the decision, granted or denied', schema: 'Explanation' } },
    problems: ['bodyInvalid', 'bodyTooLarge', 'mediaTypeUnsupported'],
  },
  [`GET ${PATHS.adminPosture}`]: {
    id: 'getPosture',
    parameters: [
      query('unused_days', 'a right is unused if no token had it for this many days', {
        type: 'integer',
        minimum: 1,
        maximum: MAX_UNUSED_DAYS,
        default: DEFAULT_UNUSED_DAYS,
      }),
    ],
    answers: { 200: { about: 'the findings, and the use of rights', schema: 'Posture' } },
  },
  [`POST ${PATHS.adminRevocations}`]: {
    id: 'revoke',
    answers: { 200: { about: 'revoked, or what would be', schema: 'RevocationAnswer' } },
    problems: [
      'bodyInvalid',
      'tokenNotRevocable',
      'reasonMissing',
      'targetUnknown',
      'confirmationMissing',
      'momentInFuture',
      'decisionWithoutToken',
      'idInvalid',
      'notFound',
      'logOff',
      'bodyTooLarge',
      'mediaTypeUnsupported',
    ],
  },
  [`GET ${PATHS.adminRevocations}`]: {
    id: 'listRevocations',
    answers: { 200: { about: 'the coarse revocations in force', schema: 'RevocationList' } },
  },
  [`POST ${PATHS.adminRevocationsLift}`]: {
    id: 'liftRevocation',
    answers: { 200: { about: 'issuing goes on', schema: 'CoarseRevocation' } },
    problems: [
      'bodyInvalid',
      'reasonMissing',
      'stopUnknown',
      'bodyTooLarge',
      'mediaTypeUnsupported',
    ],
  },
  [`GET ${PATHS.adminRevocationsExport}`]: {
    id: 'exportRevocations',
    parameters: [query('after', '`next` of the part before', number)],
    answers: { 200: { about: 'a part of all revocations', schema: 'RevocationExport' } },
    problems: ['parameterInvalid'],
  },
  [`POST ${PATHS.adminRevocationsImport}`]: {
    id: 'importRevocations',
    answers: { 200: { about: 'stored', schema: 'RevocationsImported' } },
    problems: ['bodyInvalid', 'bodyTooLarge', 'mediaTypeUnsupported'],
  },
  [`GET ${PATHS.adminDecisions}`]: {
    id: 'listDecisions',
    parameters: DECISION_PARAMETERS,
    answers: {
      200: {
        about: 'a page, the newest first',
        schema: 'DecisionPage',
        headers: ['Edgemint-Decision-Shards'],
      },
    },
    problems: ['filterInvalid', 'periodTooLong', 'cursorInvalid', 'logOff'],
  },
  [`GET ${PATHS.adminDecisionsExport}`]: {
    id: 'exportDecisions',
    parameters: [
      { ...query('shard', 'a shard of the log, from 0', number), isRequired: true },
      query('after', 'the sequence of a batch, after which the export begins; or `head`', {
        type: 'string',
        pattern: '^(\\d{1,15}|head)$',
      }),
      query('continue', 'as `Link` of the part before says', number),
    ],
    answers: {
      200: {
        about: 'a part of the chain; `Link` names the next part',
        isText: true,
        headers: ['Link', 'Edgemint-Decision-Shards'],
      },
    },
    problems: ['exportInvalid', 'exportPurged', 'logOff'],
  },
  [`GET ${PATHS.adminDecisionsActivity}`]: {
    id: 'getActivity',
    parameters: [
      query('hours', 'the period, up to now', {
        type: 'integer',
        minimum: 1,
        maximum: ACTIVITY_MAX_HOURS,
        default: ACTIVITY_DEFAULT_HOURS,
      }),
    ],
    answers: { 200: { about: 'the counts, the earliest first', schema: 'Activity' } },
    problems: ['logOff'],
  },
  [`GET ${PATHS.adminDecision}`]: {
    id: 'getDecision',
    parameters: [
      {
        name: 'id',
        in: 'path',
        about: 'the id of the decision',
        isRequired: true,
        schema: { type: 'string', pattern: '^dec_[A-Za-z0-9_-]{22}$' },
      },
    ],
    answers: { 200: { about: 'the decision and its explanation', schema: 'DecisionAnswer' } },
    problems: ['idInvalid', 'notFound', 'logOff'],
  },
  [`GET ${PATHS.adminMetrics}`]: {
    id: 'getMetrics',
    answers: {
      200: {
        about: 'the metrics, as text for Prometheus; as OpenMetrics if `Accept` names it',
        isText: true,
      },
    },
  },
}
