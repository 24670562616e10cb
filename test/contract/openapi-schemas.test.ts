/** The schemas of answers have the members of the types that the Worker and its clients use. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as z from 'zod/mini'
import type {
  AdminHealth,
  DocumentProblem,
  ExplainAnswer,
  FetchedKeysReport,
  IssuerReport,
  KeyReport,
  KeysReport,
  ProblemDetails,
  RevisionSummary,
  RevocationReport,
  TrustProblems,
  UploadedKeysReport,
} from '../../src/contract/admin.ts'
import type {
  DecisionAnswer,
  DecisionExplanation,
  DecisionPage,
} from '../../src/contract/decisions/answers.ts'
import { COMPONENTS } from '../../src/contract/openapi/components.ts'
import type {
  PostureFinding,
  PostureReport,
  PostureUsage,
  UsedRight,
} from '../../src/contract/posture/report.ts'
import type { TokenErrorResponse, TokenResponse } from '../../src/protocol/oauth.ts'

type Components = typeof COMPONENTS
type Answer<Name extends keyof Components> = z.infer<Components[Name]>
/** The names of the members, of each alternative. */
type Members<Type> = Type extends unknown ? keyof Type : never
type Of<List> = List extends readonly (infer Element)[] ? Element : never
type Issuer = Of<Answer<'Issuers'>['issuers']>

describe('the schemas of answers', () => {
  // `npm run check` compares the types. Gateways never send `error_uri`.
  it('have the members of the types', () => {
    expectTypeOf<Members<Answer<'OAuthError'>>>().toEqualTypeOf<
      Exclude<Members<TokenErrorResponse>, 'error_uri'>
    >()
    expectTypeOf<Members<Answer<'Token'>>>().toEqualTypeOf<Members<TokenResponse>>()
    expectTypeOf<Members<Answer<'Problem'>>>().toEqualTypeOf<Members<ProblemDetails>>()
    expectTypeOf<Members<Answer<'DocumentProblem'>>>().toEqualTypeOf<Members<DocumentProblem>>()
    expectTypeOf<Members<Answer<'TrustProblems'>>>().toEqualTypeOf<Members<TrustProblems>>()
    expectTypeOf<Members<Answer<'RevisionSummary'>>>().toEqualTypeOf<Members<RevisionSummary>>()
    expectTypeOf<Members<Answer<'RevocationReport'>>>().toEqualTypeOf<Members<RevocationReport>>()
    expectTypeOf<Members<Issuer>>().toEqualTypeOf<Members<IssuerReport>>()
    expectTypeOf<Members<Issuer['keys']>>().toEqualTypeOf<
      Members<UploadedKeysReport | FetchedKeysReport>
    >()
    expectTypeOf<Members<Issuer['decisions']>>().toEqualTypeOf<Members<IssuerReport['decisions']>>()
    expectTypeOf<Members<Answer<'Keys'>>>().toEqualTypeOf<Members<KeysReport>>()
    expectTypeOf<Members<Of<Answer<'Keys'>['keys']>>>().toEqualTypeOf<Members<KeyReport>>()
    expectTypeOf<Members<Answer<'AdminHealth'>>>().toEqualTypeOf<Members<AdminHealth>>()
    expectTypeOf<Members<Answer<'Explanation'>>>().toEqualTypeOf<Members<ExplainAnswer>>()
    expectTypeOf<Members<Answer<'DecisionPage'>>>().toEqualTypeOf<Members<DecisionPage>>()
    expectTypeOf<Members<Answer<'DecisionAnswer'>>>().toEqualTypeOf<Members<DecisionAnswer>>()
    expectTypeOf<Members<Answer<'DecisionAnswer'>['explanation']>>().toEqualTypeOf<
      Members<DecisionExplanation>
    >()
    expectTypeOf<Members<Answer<'Posture'>>>().toEqualTypeOf<Members<PostureReport>>()
    expectTypeOf<Members<Of<Answer<'Posture'>['findings']>>>().toEqualTypeOf<
      Members<PostureFinding>
    >()
    expectTypeOf<Members<Answer<'Posture'>['usage']>>().toEqualTypeOf<Members<PostureUsage>>()
    expectTypeOf<Members<Of<Answer<'Posture'>['usage']['rights']>>>().toEqualTypeOf<
      Members<UsedRight>
    >()
    expect(Object.keys(COMPONENTS).length).toBeGreaterThan(15)
  })

  it('refuse a value of another form', () => {
    for (const [name, schema] of Object.entries(COMPONENTS)) {
      expect(schema.safeParse(1).success, name).toBe(false)
    }
  })
})
