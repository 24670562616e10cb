/** The schemas that the OpenAPI document names. `TrustDocument` is the published JSON Schema. */
import type * as z from 'zod/mini'
import { decisionRecordSchema } from '../decisions/record.ts'
import { loginSchema } from '../login.ts'
import { sessionSchema } from '../session.ts'
import {
  adminHealthSchema,
  coarseRevocationSchema,
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
  revocationAnswerSchema,
  revocationExportSchema,
  revocationImportedSchema,
  revocationListSchema,
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
  Login: loginSchema,
  Session: sessionSchema,
  Problem: problemSchema,
  DocumentProblem: documentProblemSchema,
  TrustProblems: trustProblemsSchema,
  RevisionSummary: revisionSummarySchema,
  RevisionPage: revisionPageSchema,
  Validation: validationSchema,
  RevocationReport: revocationReportSchema,
  RevocationAnswer: revocationAnswerSchema,
  CoarseRevocation: coarseRevocationSchema,
  RevocationList: revocationListSchema,
  RevocationExport: revocationExportSchema,
  RevocationsImported: revocationImportedSchema,
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
