/**
 * Dead letters of rules: the event as it was, and attributes that say which rule could not bring
 * it to which target, and why. One that is sent again goes to that target alone, by what the rule
 * says of it now.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */

import { verbatimObject } from '../../core/json-text.ts';
import { isObject } from '../../core/json-value.ts';
import { deliveryOf, type Letter, type Letters, textOf } from '../../delivery/letters.ts';
import { Refused } from '../../delivery/targets.ts';
import { parseRuleArn } from './arns.ts';
import { type Event, readEvent } from './event.ts';
import { activeRule } from './matching.ts';
import { itemsOf } from './route.ts';
import { rulesOf, storeOf } from './store.ts';

export const letters: Letters = {
  read(letter) {
    const source = textOf(letter, 'RULE_ARN');
    const code = textOf(letter, 'ERROR_CODE');
    if (source === undefined || code === undefined) return undefined;
    const error = textOf(letter, 'ERROR_MESSAGE') ?? code;
    return { source, code, error, origin: textOf(letter, 'TARGET_ARN') };
  },

  async again(stack, letter, { source, origin, code }) {
    const event = eventIn(letter);
    const known = parseRuleArn(source);
    const stored = known && (await storeOf(stack).rules.get(rulesOf(known.bus), known.rule));
    if (!known || !stored) throw new Refused('NO_RESOURCE', `The rule ${source} is gone.`);
    // It had been through a bus already, and the target that it is for takes none of those.
    const isForwarded = /^THIRD_\w+_HOP_DETECTED$/.test(code);
    const rule = activeRule(known.bus, stored.value);
    const items = itemsOf(stack, rule, event, { hops: 0, isForwarded });
    const item = items.find(({ delivery }) => delivery.to.arn === origin);
    if (!item) {
      throw new Refused('NO_RESOURCE', `The rule ${source} has no target ${origin} any more.`);
    }
    return { ...item, delivery: deliveryOf(stack, letter, item.delivery) };
  },
};

/** Somebody may have edited it. */
function eventIn({ body }: Letter): Event {
  const text = verbatimObject(body)?.text;
  if (text !== undefined) {
    const event = readEvent(text);
    const { id, source, 'detail-type': detailType, detail } = event.value;
    if ([id, source, detailType].every((one) => typeof one === 'string') && isObject(detail)) {
      return event;
    }
  }
  throw new Refused('INVALID_JSON', 'The message is no event.');
}
