/**
 * The value of a claim in a grant, compiled: a template, a number, a boolean, or a list or an object
 * of these. Rendering replaces each template by its text, and the first that does not render refuses.
 */
import type { DocumentPath } from '../../../contract/admin.ts'
import type { UnrenderableTemplate } from '../../../protocol/template-fault.ts'
import type { JsonObject } from '../../../web/json.ts'
import { fail, ok, type Result } from '../../../web/result.ts'
import { renderTemplate, type Template } from './template.ts'

export type ClaimTree =
  /** `place` names the template in a fault: `claims.` and the path. */
  | { readonly kind: 'text'; readonly template: Template; readonly place: string }
  | { readonly kind: 'constant'; readonly value: number | boolean }
  | { readonly kind: 'list'; readonly items: readonly ClaimTree[] }
  | { readonly kind: 'object'; readonly members: readonly ClaimMember[] }

export type ClaimMember = { readonly name: string; readonly value: ClaimTree }

/** Each template and its path below the claims. */
export function listTemplates(
  members: readonly ClaimMember[],
): readonly { readonly template: Template; readonly path: DocumentPath }[] {
  const list = (tree: ClaimTree, path: DocumentPath): ReturnType<typeof listTemplates> => {
    switch (tree.kind) {
      case 'constant':
        return []
      case 'text':
        return [{ template: tree.template, path }]
      case 'list':
        return tree.items.flatMap((item, index) => list(item, [...path, index]))
      case 'object':
        return tree.members.flatMap(({ name, value }) => list(value, [...path, name]))
    }
  }
  return members.flatMap(({ name, value }) => list(value, [name]))
}

/** The members as a JSON object, or the first template that does not render. */
export function renderMembers(
  members: readonly ClaimMember[],
  claims: JsonObject,
  decisionId: string,
): Result<JsonObject, UnrenderableTemplate> {
  const rendered: [string, unknown][] = []
  for (const { name, value } of members) {
    const one = renderTree(value, claims, decisionId)
    if (!one.ok) return one
    rendered.push([name, one.value])
  }
  // Every name becomes an own member, whatever it is.
  return ok(Object.fromEntries(rendered))
}

function renderTree(
  tree: ClaimTree,
  claims: JsonObject,
  decisionId: string,
): Result<unknown, UnrenderableTemplate> {
  switch (tree.kind) {
    case 'constant':
      return ok(tree.value)
    case 'text': {
      const text = renderTemplate(tree.template, claims, decisionId)
      return typeof text === 'string' ? ok(text) : fail({ template: tree.place, ...text })
    }
    case 'object':
      return renderMembers(tree.members, claims, decisionId)
    case 'list': {
      const items: unknown[] = []
      for (const item of tree.items) {
        const one = renderTree(item, claims, decisionId)
        if (!one.ok) return one
        items.push(one.value)
      }
      return ok(items)
    }
  }
}
