/** The schemas that the OpenAPI document names. `TrustDocument` is the published JSON Schema. */
import type * as z from 'zod/mini'
import { decisionRecordSchema } from '../decisions/record.ts'
import {
  adminHealthSchema,
  decisionAnswerSchema,
  decisionPageSchema,
  documentProblemSchema,
  explainAnswerSchema,
  issuersSchema,
  keysSchema,
  postureSchema,
  problemSchema,
  revisionPageSchema,
  revisionSummarySchema,
  revocationReportSchema,
  trustProblemsSchema,
  validationSchema,
} from './admin-schemas.ts'
import {
  healthSchema,
  introspectionSchema,
  keySetSchema,
  metadataSchema,
  oauthErrorSchema,
  resourceMetadataSchema,
  statusListsSchema,
  tokenSchema,
  trustBundleSchema,
} from './schemas.ts'

export const COMPONENTS = {
  OAuthError: oauthErrorSchema,
  Token: tokenSchema,
  Introspection: introspectionSchema,
  ServerMetadata: metadataSchema,
  ResourceMetadata: resourceMetadataSchema,
  KeySet: keySetSchema,
  StatusLists: statusListsSchema,
  TrustBundle: trustBundleSchema,
  Health: healthSchema,
  Problem: problemSchema,
  DocumentProblem: documentProblemSchema,
  TrustProblems: trustProblemsSchema,
  RevisionSummary: revisionSummarySchema,
  RevisionPage: revisionPageSchema,
  Validation: validationSchema,
  RevocationReport: revocationReportSchema,
  Issuers: issuersSchema,
  Keys: keysSchema,
  AdminHealth: adminHealthSchema,
  Posture: postureSchema,
  Explanation: explainAnswerSchema,
  DecisionRecord: decisionRecordSchema,
  DecisionPage: decisionPageSchema,
  DecisionAnswer: decisionAnswerSchema,
} as const satisfies Readonly<Record<string, z.core.$ZodType>>

export type SchemaName = keyof typeof COMPONENTS | 'TrustDocument' | 'JsonSchema'
