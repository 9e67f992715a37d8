import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { circuitTableDefinition } from '@circuitry/backend-dynamodb';
import { parse } from 'yaml';

/** @param {string} name */
const read = (name) => parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')).Resources;

describe('the templates', () => {
  test('make the table that the backend needs, on demand', () => {
    const { Circuits } = read('template.yaml');
    expect(Circuits).toEqual({ Type: 'AWS::DynamoDB::Table', Properties: circuitTableDefinition() });
  });

  test('make it provisioned, and let its writes follow the load', () => {
    const { Circuits, WriteCapacity, WriteScaling } = read('template-provisioned.yaml');
    const throughput = {
      provisionedThroughput: { readCapacityUnits: 100, writeCapacityUnits: 100 },
      indexThroughput: { readCapacityUnits: 5, writeCapacityUnits: 50 },
    };
    expect(Circuits.Properties).toEqual(circuitTableDefinition(throughput));
    expect(WriteCapacity.Properties.ResourceId).toBe(`table/${Circuits.Properties.TableName}`);
    expect(WriteCapacity.Properties.MinCapacity).toBe(Circuits.Properties.ProvisionedThroughput.WriteCapacityUnits);
    expect(WriteScaling.Properties.ScalingTargetId).toEqual({ Ref: 'WriteCapacity' });
  });

  test('give the function its table by the name that the handler reads', () => {
    const { Circuits, SendMail } = read('template.yaml');
    expect(SendMail.Properties.Environment.Variables.TABLE_NAME).toBe(Circuits.Properties.TableName);
    expect(SendMail.Properties.Handler).toBe('index.handler');
  });
});
