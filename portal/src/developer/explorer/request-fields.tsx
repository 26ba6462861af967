import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import type { ApiOperation, ApiParameter } from '../../shared/api/api-document.ts';
import { Optional } from '../../shared/form/optional.tsx';
import { parameterKey, type Typed } from './api-call.ts';

interface RequestFieldsProps {
  readonly of: ApiOperation;
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
}

/** A form made from what the API's document says of an operation. */
export function RequestFields({ of: operation, typed, onChange }: RequestFieldsProps) {
  const { parameters, body } = operation;
  return (
    <SpaceBetween size="m">
      {parameters.map((parameter) => {
        const key = parameterKey(parameter);
        return (
          <ParameterField
            key={key}
            of={parameter}
            value={typed.parameters[key] ?? ''}
            onChange={(value) => onChange({ ...typed, parameters: { ...typed.parameters, [key]: value } })}
          />
        );
      })}
      {body && (
        <FormField
          label={body.required ? 'Body' : <Optional>Body</Optional>}
          description={body.contentType}
          errorText={bodyFault(operation, typed.body)}
        >
          <div className="code-field">
            <Textarea
              value={typed.body}
              rows={Math.min(16, typed.body.split('\n').length + 1)}
              spellcheck={false}
              onChange={({ detail }) => onChange({ ...typed, body: detail.value })}
            />
          </div>
        </FormField>
      )}
    </SpaceBetween>
  );
}

interface ParameterFieldProps {
  readonly of: ApiParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const PLACES = { path: 'in the path', query: 'in the query', header: 'as a header' } as const;

function ParameterField({ of: parameter, value, onChange }: ParameterFieldProps) {
  const { name, place, required, description, example, options } = parameter;
  const label = required ? name : <Optional>{name}</Optional>;
  const choices = [
    ...(required ? [] : [{ value: '', label: 'Not sent' }]),
    ...options.map((each) => ({ value: each, label: each })),
  ];
  return (
    <FormField label={label} description={description || undefined} constraintText={PLACES[place]}>
      {options.length > 0 ? (
        <Select
          selectedOption={choices.find((choice) => choice.value === value) ?? null}
          options={choices}
          placeholder={required ? 'Choose one' : 'Not sent'}
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
        />
      ) : (
        <Input
          value={value}
          placeholder={example}
          spellcheck={false}
          onChange={({ detail }) => onChange(detail.value)}
        />
      )}
    </FormField>
  );
}

/** What is wrong with a body before it is sent. */
export function bodyFault({ body }: ApiOperation, text: string): string | undefined {
  if (body === undefined) return undefined;
  if (text.trim() === '') return body.required ? 'A body is required.' : undefined;
  if (!/json/i.test(body.contentType)) return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is no JSON: ${(error as Error).message}.`;
  }
}
