// A React form: controlled fields that change what is typed, messages, parts that come and go, and a clock that renders all of it anew.
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

const START = {
  name: '',
  code: '',
  email: '',
  amount: 1,
  level: 50,
  day: '',
  fruit: 'apple',
  tags: [],
  size: '',
  gift: '',
  notes: '',
  agree: false,
};
const TAGS = ['red', 'green', 'blue'];
const grouped = (text) => text.replace(/\D/g, '').replace(/(.{4})(?=.)/g, '$1 ');

function Form() {
  const [values, setValues] = useState(START);
  const [touched, setTouched] = useState({});
  const [sent, setSent] = useState(0);
  const [clock, setClock] = useState(0);
  // renders all of it while somebody types
  useEffect(() => {
    const timer = setInterval(() => setClock((before) => before + 1), 50);
    return () => clearInterval(timer);
  }, []);
  const set = (name, value) => setValues((before) => ({ ...before, [name]: value }));
  const field = (name, read = (target) => target.value) => ({
    name,
    value: values[name],
    onChange: ({ target }) => set(name, read(target)),
    onBlur: () => setTouched((before) => ({ ...before, [name]: true })),
  });
  const wrong = {
    name: values.name === '' && 'A name is needed.',
    email: !/^\S+@\S+$/.test(values.email) && 'This is no address.',
    agree: !values.agree && 'Agree, please.',
  };
  const submit = (event) => {
    event.preventDefault();
    setTouched({ name: true, email: true, agree: true });
    if (!Object.values(wrong).some(Boolean)) setSent((before) => before + 1);
  };
  const message = (name) => touched[name] && wrong[name] && <em id={`${name}-error`}>{wrong[name]}</em>;
  window.state = { ...values, sent };
  return (
    <form onSubmit={submit} noValidate>
      <label>
        Name <input {...field('name', ({ value }) => value.toUpperCase())} /> {message('name')}
      </label>
      <label>
        Code <input {...field('code', ({ value }) => grouped(value))} />
      </label>
      <label>
        E-mail <input type="email" {...field('email')} /> {message('email')}
      </label>
      <label>
        Amount <input type="number" min="1" max="9" {...field('amount', (target) => target.valueAsNumber)} />
      </label>
      <label>
        Level <input type="range" {...field('level', (target) => target.valueAsNumber)} />
      </label>
      <label>
        Day <input type="date" {...field('day')} />
      </label>
      <label>
        Fruit{' '}
        <select {...field('fruit')}>
          <option value="apple">Apple</option>
          <option value="pear">Pear</option>
          <option value="quince">Quince</option>
        </select>
      </label>
      <label>
        Tags{' '}
        <select
          multiple
          size="3"
          {...field('tags', ({ selectedOptions }) => [...selectedOptions].map(({ value }) => value))}
        >
          {TAGS.map((tag) => (
            <option key={tag}>{tag}</option>
          ))}
        </select>
      </label>
      {['small', 'large'].map((size) => (
        <label key={size}>
          <input
            type="radio"
            id={size}
            name="size"
            checked={values.size === size}
            onChange={() => set('size', size)}
          />
          {size}
        </label>
      ))}
      {values.size === 'large' && (
        <label>
          Words on the gift <input {...field('gift')} />
        </label>
      )}
      <label>
        Notes <textarea {...field('notes')} />
      </label>
      <label>
        File <input name="file" type="file" />
      </label>
      <label>
        <input
          name="agree"
          type="checkbox"
          checked={values.agree}
          onChange={({ target }) => set('agree', target.checked)}
        />
        I agree {message('agree')}
      </label>
      <button type="submit" id="send">
        Send
      </button>
      <output id="sent">Sent {sent} times</output>
      <p hidden>{clock}</p>
    </form>
  );
}

createRoot(document.querySelector('#root')).render(<Form />);
