import { parser } from '@prometheus-io/lezer-promql';

/** What an expression asks for. */
export interface Asked {
  /** By name, or by a regular expression of `__name__`. */
  readonly metrics: readonly RegExp[];
  readonly labels: readonly string[];
}

/** Reads an expression with Prometheus' own grammar. Throws where it is none. */
export function readExpression(expression: string): Asked {
  const metrics: RegExp[] = [];
  const labels: string[] = [];
  const textOf = ({ from, to }: { readonly from: number; readonly to: number }): string => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expression}`);
      if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier');
        if (name !== null) metrics.push(new RegExp(`^${textOf(name)}$`));
      }
      if (node.name === 'UnquotedLabelMatcher') {
        const [, label = '', , value = ''] = /^(\w+)\s*(=~|!=|!~|=)\s*"(.*)"$/.exec(textOf(node)) ?? [];
        if (label === '__name__') metrics.push(new RegExp(`^(?:${value})$`));
        else labels.push(label);
      }
      if (node.name === 'GroupingLabels')
        labels.push(
          ...textOf(node)
            .replace(/[()]/g, '')
            .split(',')
            .map((label) => label.trim()),
        );
    },
  });
  if (metrics.length === 0) throw new Error(`asks for no metric: ${expression}`);
  return { metrics, labels };
}
