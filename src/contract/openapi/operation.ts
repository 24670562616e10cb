/** The types of a row that describes one operation for the OpenAPI document. */
import type * as z from 'zod/mini'
import type { ProblemName } from '../problems/problems.ts'
import type { SchemaName } from './components.ts'

type JsonSchema = Readonly<Record<string, unknown>>

export type Parameter = {
  readonly name: string
  readonly in: 'query' | 'header' | 'path'
  readonly about: string
  readonly isRequired?: true
  /** A schema that also checks the parameter, or one in JSON Schema. */
  readonly schema: z.core.$ZodType | JsonSchema
}

/** The names of the headers that the document explains. */
export type HeaderName =
  | 'ETag'
  | 'Retry-After'
  | 'WWW-Authenticate'
  | 'RateLimit'
  | 'RateLimit-Policy'
  | 'Link'
  | 'DPoP-Nonce'
  | 'Edgemint-Decision-Shards'
  | 'Edgemint-Trust-Problems'

export type Answer = {
  readonly about: string
  /** Absent: the answer has no body, or one that is not JSON. */
  readonly schema?: SchemaName
  /** Whether the answer has a body that is not JSON. */
  readonly isText?: true
  /** Whether the body is a page for a person, with any status. */
  readonly isPage?: true
  readonly headers?: readonly HeaderName[]
}

export type Operation = {
  readonly id: string
  readonly parameters?: readonly Parameter[]
  /** The form of a request, for an endpoint whose row has no schema. */
  readonly form?: z.core.$ZodType
  readonly answers: Readonly<Record<number, Answer>>
  /** The problems of its route. Those of the guards are added to every operation. */
  readonly problems?: readonly ProblemName[]
}

/** By method and path, as in the table of endpoints. `*` stands for any method. */
export type Operations = Readonly<Record<string, Operation>>
