import { type PhysicalIds, physicalIds } from './physical-ids.ts';
import type { TemplateResource } from './resources.ts';

type Json = Readonly<Record<string, unknown>>;

/** A template as CDK writes it. */
export interface RawTemplate {
  readonly Resources?: Record<
    string,
    { Type: string; Properties?: Json; Metadata?: Json; Condition?: string }
  >;
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Outputs?: Record<
    string,
    { readonly Value: unknown; readonly Export?: { readonly Name: unknown }; readonly Condition?: string }
  >;
  readonly Conditions?: Record<string, unknown>;
  readonly Mappings?: Record<string, Record<string, Json>>;
}

/** What the stacks of one app share. */
export interface ResolverScope {
  readonly region: string;
  readonly accountId: string;
  /** What each `Fn::ImportValue` name yields; called only when it is wanted. */
  readonly exports: Map<string, () => unknown>;
  /** What each `<stack>.<output>` of `Fn::GetStackOutput` yields; likewise. */
  readonly outputs: Map<string, () => unknown>;
}

/** Stands for `AWS::NoValue`: the property or element that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/** Resolves the intrinsic functions of one stack's template. Paths in errors start at a section's name. */
export class IntrinsicResolver {
  readonly stackName: string;
  readonly #template: RawTemplate;
  readonly #scope: ResolverScope;

  constructor(stackName: string, template: RawTemplate, scope: ResolverScope) {
    this.stackName = stackName;
    this.#template = template;
    this.#scope = scope;
  }

  /** Makes this stack's outputs known to the others. Must run on all stacks before any `resources()`. */
  publishOutputs(): void {
    for (const [id, output] of Object.entries(this.#template.Outputs ?? {})) {
      if (!this.#holds(output.Condition, `Outputs.${id}`)) continue;
      const value = () => this.#resolve(output.Value, `Outputs.${id}.Value`);
      this.#scope.outputs.set(`${this.stackName}.${id}`, value);
      if (output.Export === undefined) continue;
      this.#scope.exports.set(this.#text(output.Export.Name, `Outputs.${id}.Export.Name`), value);
    }
  }

  resources(): Record<string, TemplateResource> {
    const resolved: Record<string, TemplateResource> = {};
    for (const [id, resource] of Object.entries(this.#template.Resources ?? {})) {
      if (!this.#holds(resource.Condition, id)) continue;
      const ids = this.#physicalIds(id);
      resolved[id] = {
        Type: resource.Type,
        PhysicalId: ids?.Ref ?? null,
        Arn: ids?.Arn ?? null,
        Properties: this.#resolve(resource.Properties ?? {}, `${id}.Properties`) as Json,
        Metadata: resource.Metadata ?? {},
      };
    }
    return resolved;
  }

  #resolve(value: unknown, path: string): unknown {
    if (Array.isArray(value)) {
      return value.map((item, i) => this.#resolve(item, `${path}[${i}]`)).filter((item) => item !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? [];
    if (entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.#call(name, argument, path);
    }
    return Object.fromEntries(
      entries
        .map(([key, item]) => [key, this.#resolve(item, `${path}.${key}`)] as const)
        .filter(([, item]) => item !== NO_VALUE),
    );
  }

  #call(name: string, argument: unknown, path: string): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument), path);
      case 'Fn::GetAtt':
        return this.#attribute(argument, path);
      case 'Fn::Join':
        return this.#join(argument, path);
      case 'Fn::Sub':
        return this.#substitute(argument, path);
      case 'Fn::Select':
        return this.#select(argument, path);
      case 'Fn::Split':
        return this.#split(argument, path);
      case 'Fn::ImportValue':
        return this.#import(argument, path);
      case 'Fn::GetStackOutput':
        return this.#stackOutput(argument, path);
      case 'Fn::If':
        return this.#if(argument, path);
      case 'Fn::FindInMap':
        return this.#findInMap(argument, path);
      case 'Fn::Base64':
        return Buffer.from(this.#text(argument, path)).toString('base64');
      default:
        return this.#fail(path, `${name} is not supported`);
    }
  }

  #ref(id: string, path: string): unknown {
    const pseudo = this.#pseudoParameter(id, path);
    if (pseudo !== undefined) return pseudo;
    const parameter = this.#template.Parameters?.[id];
    if (parameter === undefined) return this.#physicalId(id, 'Ref', path);
    if (parameter.Default === undefined) this.#fail(path, `parameter ${id} has no default value`);
    return parameter.Default;
  }

  #pseudoParameter(id: string, path: string): unknown {
    if (!id.startsWith('AWS::')) return undefined;
    switch (id) {
      case 'AWS::Region':
        return this.#scope.region;
      case 'AWS::AccountId':
        return this.#scope.accountId;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return this.stackName;
      case 'AWS::StackId':
        return `arn:aws:cloudformation:${this.#scope.region}:${this.#scope.accountId}:stack/${this.stackName}/local`;
      case 'AWS::NotificationARNs':
        return [];
      case 'AWS::NoValue':
        return NO_VALUE;
      default:
        return this.#fail(path, `pseudo parameter ${id} is not known`);
    }
  }

  #attribute(argument: unknown, path: string): string {
    const [id, ...attribute] =
      typeof argument === 'string' ? argument.split('.') : this.#list(argument, path);
    return this.#physicalId(String(id), attribute.join('.'), path);
  }

  #physicalId(id: string, attribute: string, path: string): string {
    const type = this.#template.Resources?.[id]?.Type;
    if (type === undefined) return this.#fail(path, `there is no resource or parameter ${id}`);
    const value = this.#physicalIds(id)?.[attribute];
    if (value !== undefined) return value;
    return this.#fail(
      path,
      `${attribute} of ${id} (${type}) is not known; add it to emulator/template/physical-ids.ts`,
    );
  }

  #physicalIds(id: string): PhysicalIds | undefined {
    const resource = this.#template.Resources?.[id];
    return physicalIds(resource?.Type ?? '', {
      stack: this.stackName,
      logicalId: id,
      region: this.#scope.region,
      accountId: this.#scope.accountId,
      property: (name) => {
        const value = this.#resolve(resource?.Properties?.[name], `${id}.Properties.${name}`);
        return typeof value === 'string' ? value : undefined;
      },
    });
  }

  #join(argument: unknown, path: string): string {
    const [separator, items] = this.#list(argument, path);
    return this.#list(this.#resolve(items, path), path)
      .map((item) => this.#scalar(item, path))
      .join(String(separator));
  }

  #substitute(argument: unknown, path: string): string {
    const [template, variables] = typeof argument === 'string' ? [argument, {}] : this.#list(argument, path);
    const values = (variables ?? {}) as Json;
    return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (Object.hasOwn(values, name)) return this.#text(values[name], path);
      const value = name.includes('.') ? this.#attribute(name, path) : this.#ref(name, path);
      return this.#scalar(value, path);
    });
  }

  #select(argument: unknown, path: string): unknown {
    const [index, items] = this.#list(argument, path);
    const list = this.#list(this.#resolve(items, path), path);
    const item = list[Number(this.#resolve(index, path))];
    if (item === undefined) this.#fail(path, `Fn::Select wants item ${String(index)} of ${list.length}`);
    return item;
  }

  #split(argument: unknown, path: string): string[] {
    const [separator, text] = this.#list(argument, path);
    return this.#text(text, path).split(String(separator));
  }

  #import(argument: unknown, path: string): unknown {
    const name = this.#text(argument, path);
    const value = this.#scope.exports.get(name);
    return value === undefined ? this.#fail(path, `no stack exports ${name}`) : value();
  }

  /** An output of a stack in this app; its account and Region can't but be those of all. */
  #stackOutput(argument: unknown, path: string): unknown {
    const { StackName, OutputName } = argument as Json;
    const name = `${this.#text(StackName, path)}.${this.#text(OutputName, path)}`;
    const value = this.#scope.outputs.get(name);
    return value === undefined ? this.#fail(path, `no stack has the output ${name}`) : value();
  }

  #if(argument: unknown, path: string): unknown {
    const [condition, then, otherwise] = this.#list(argument, path);
    return this.#resolve(this.#holds(String(condition), path) ? then : otherwise, path);
  }

  #findInMap(argument: unknown, path: string): unknown {
    const [map, first, second] = this.#list(argument, path).map((key) => this.#text(key, path));
    const value = this.#template.Mappings?.[map ?? '']?.[first ?? '']?.[second ?? ''];
    return value === undefined ? this.#fail(path, `no mapping ${map}.${first}.${second}`) : value;
  }

  #holds(condition: string | undefined, path: string): boolean {
    if (condition === undefined) return true;
    const expression = this.#template.Conditions?.[condition];
    return expression === undefined
      ? this.#fail(path, `there is no condition ${condition}`)
      : this.#test(expression, path);
  }

  #test(expression: unknown, path: string): boolean {
    const [name, argument] = Object.entries(expression as Json)[0] ?? [];
    if (name === 'Condition') return this.#holds(String(argument), path);
    const operands = this.#list(argument, path);
    switch (name) {
      case 'Fn::Equals':
        return this.#text(operands[0], path) === this.#text(operands[1], path);
      case 'Fn::And':
        return operands.every((operand) => this.#test(operand, path));
      case 'Fn::Or':
        return operands.some((operand) => this.#test(operand, path));
      case 'Fn::Not':
        return !this.#test(operands[0], path);
      default:
        return this.#fail(path, `condition function ${String(name)} is not supported`);
    }
  }

  #text(value: unknown, path: string): string {
    return this.#scalar(this.#resolve(value, path), path);
  }

  #scalar(value: unknown, path: string): string {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return String(value);
    return this.#fail(path, `expected a string here, not ${JSON.stringify(value) ?? String(value)}`);
  }

  #list(value: unknown, path: string): unknown[] {
    return Array.isArray(value)
      ? value
      : this.#fail(path, `expected a list here, not ${JSON.stringify(value)}`);
  }

  #fail(path: string, problem: string): never {
    throw new Error(`stack ${this.stackName}, ${path}: ${problem}`);
  }
}
