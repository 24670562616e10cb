/** Builds the OpenAPI 3.1 document of a gateway, except the schema of trust documents. */
import * as z from 'zod/mini'
import { COMPONENTS } from '../../src/contract/openapi/components.ts'
import type { HeaderName, Operation, Parameter } from '../../src/contract/openapi/operation.ts'
import { trustDocumentSchema } from '../../src/contract/trust-document.ts'
import { RELEASE } from '../../src/protocol/release.ts'
import { describeResponses, type Responses } from './responses.ts'
import { type Described, type Endpoint, listOperations } from './table.ts'

type Json = Readonly<Record<string, unknown>>

const HEADERS: Readonly<Record<HeaderName, string>> = {
  ETag: 'The tag of this content. For the trust document it is the revision.',
  'Retry-After': 'Seconds to wait.',
  'WWW-Authenticate': 'The challenge (RFC 6750 §3).',
  RateLimit: 'The limit that was reached, and the seconds until it allows requests again.',
  'RateLimit-Policy': 'The limits of this deployment, if it tells them.',
  Link: 'The next part, with `rel="next"`.',
  'DPoP-Nonce': 'The nonce for the next DPoP proof (RFC 9449 §8).',
  'Edgemint-Decision-Shards': 'How many shards the decision log has.',
  'Edgemint-Trust-Problems': 'How many problems the stored document has. Absent without problems.',
}

const SECURITY_SCHEMES = {
  admin: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A token that this gateway issued for itself, with the scope that the operation names.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-edgemint',
    description: 'The cookie of a person who signed in at the console.',
  },
  issued: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token that this gateway issued.',
  },
} as const

/** Returns the document. The order of its members is that of the table. */
export async function describeApi() {
  const responses: Responses = new Map()
  const paths: Record<string, Record<string, Json>> = {}
  for (const described of await listOperations()) {
    const { method, path } = described
    const item = paths[path] ?? {}
    item[method.toLowerCase()] = describeOperation(described, responses)
    paths[path] = item
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Edgemint',
      version: RELEASE,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Paths are below the issuer URL. A path with GET also serves HEAD. Another method is answered with 405 and `Allow`.',
    },
    paths,
    components: {
      schemas: describeComponents(),
      responses: Object.fromEntries(
        [...responses.values()].map(({ name, value }) => [name, value]),
      ),
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [
          name,
          { description, schema: { type: 'string' } },
        ]),
      ),
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

function describeOperation(
  { endpoint, summary, operation, method }: Described,
  responses: Responses,
): Json {
  const { parameters = [] } = operation
  const body = describeBody(endpoint, operation)
  const suffix = endpoint.methods === 'any' ? `By${method[0]}${method.slice(1).toLowerCase()}` : ''
  return {
    operationId: `${operation.id}${suffix}`,
    summary,
    ...describeSecurity(endpoint),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(describeParameter) }),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: describeResponses(endpoint, operation, method, responses),
  }
}

function describeSecurity({ authentication, isTree }: Endpoint): Json {
  switch (authentication) {
    case 'none':
    case 'subject_token':
      return {}
    case 'session':
      return { security: [{ session: [] }] }
    case 'issued_token':
      // At the other endpoints, the token in the form is enough.
      return { security: isTree ? [{ issued: [] }] : [{}, { issued: [] }] }
    default:
      return { security: [{ admin: [authentication] }] }
  }
}

function describeParameter({ name, in: place, about, isRequired, schema }: Parameter): Json {
  return {
    name,
    in: place,
    description: about,
    ...(isRequired ? { required: true } : {}),
    schema: '_zod' in schema ? toSchema(schema as z.core.$ZodType) : schema,
  }
}

function describeBody({ request }: Endpoint, { form }: Operation): Json | undefined {
  if (request === undefined) return undefined
  const given = form ?? request.schema
  const schema = given === trustDocumentSchema ? refer('TrustDocument') : given && toSchema(given)
  return { required: true, content: { [request.contentType]: schema ? { schema } : {} } }
}

function describeComponents(): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  })
  const own = Object.entries(schemas).map(([id, schema]) => [id, withoutNames(schema)])
  return { ...Object.fromEntries(own), JsonSchema: { type: 'object' } }
}

function toSchema(schema: z.core.$ZodType): Json {
  return withoutNames(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

/** Leaves out the members that name the dialect and the schema. OpenAPI 3.1 has this dialect. */
function withoutNames({ $schema: _, $id: __, ...schema }: Json): Json {
  return schema
}

function refer(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}
