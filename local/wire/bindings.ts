/** The members of a REST call that stand in its path, its query and its headers. */
import type { WireRequest } from './messages.ts';
import type { Labels } from './routes.ts';
import type { Member, Operation, Shape } from './schema.ts';

/** `read` makes a value of a text, or throws the fault of its protocol. */
export function readBindings(
  { input }: Operation,
  request: WireRequest,
  labels: Labels,
  read: (shape: Shape, text: string, name: string) => unknown,
): object {
  const bound = input.members.flatMap((member) => {
    const text = toBound(member, request, labels);
    return text === undefined ? [] : [[member.name, read(member.shape, text, member.name)]];
  });
  return Object.fromEntries(bound);
}

function toBound({ name, place }: Member, request: WireRequest, labels: Labels) {
  switch (place.kind) {
    case 'label':
      return labels.get(name);
    case 'query':
      return request.query.get(place.key) ?? undefined;
    case 'header':
      return request.headers[place.key];
    case 'body':
      return undefined;
    default:
      return place satisfies never;
  }
}
