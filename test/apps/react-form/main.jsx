// A React form: controlled fields that change what is typed, messages, parts that come and go, and a clock that renders all of it anew.
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

const START = {
  name: '',
  card: '',
  email: '',
  notes: '',
  amount: 1,
  level: 50,
  day: '',
  fruit: 'apple',
  tags: [],
  agree: false,
  size: '',
  gift: '',
};

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
  const touch = ({ target }) => setTouched((before) => ({ ...before, [target.name]: true }));
  const wrong = {
    name: values.name === '' ? 'A name is needed.' : '',
    email: /^\S+@\S+$/.test(values.email) ? '' : 'This is no address.',
    agree: values.agree ? '' : 'Agree, please.',
  };
  const submit = (event) => {
    event.preventDefault();
    setTouched({ name: true, email: true, agree: true });
    if (!Object.values(wrong).some(Boolean)) setSent((before) => before + 1);
  };
  const message = (name) => touched[name] && wrong[name] && <em id={`${name}-error`}>{wrong[name]}</em>;
  window.state = { values, sent, touched };
  return (
    <form onSubmit={submit} noValidate>
      <label>
        Name{' '}
        <input
          name="name"
          value={values.name}
          onChange={({ target }) => set('name', target.value.toUpperCase())}
          onBlur={touch}
        />
        {message('name')}
      </label>
      <label>
        Card{' '}
        <input
          name="card"
          value={values.card}
          onChange={({ target }) =>
            set(
              'card',
              target.value
                .replace(/\D/g, '')
                .replace(/(.{4})(?=.)/g, '$1 ')
                .slice(0, 19),
            )
          }
        />
      </label>
      <label>
        E-mail{' '}
        <input
          name="email"
          type="email"
          value={values.email}
          onChange={({ target }) => set('email', target.value)}
          onBlur={touch}
        />
        {message('email')}
      </label>
      <label>
        Amount{' '}
        <input
          name="amount"
          type="number"
          min="1"
          max="9"
          value={values.amount}
          onChange={({ target }) => set('amount', target.valueAsNumber)}
        />
      </label>
      <label>
        Level{' '}
        <input
          name="level"
          type="range"
          value={values.level}
          onChange={({ target }) => set('level', target.valueAsNumber)}
        />
      </label>
      <label>
        Day{' '}
        <input
          name="day"
          type="date"
          value={values.day}
          onChange={({ target }) => set('day', target.value)}
        />
      </label>
      <label>
        Fruit{' '}
        <select name="fruit" value={values.fruit} onChange={({ target }) => set('fruit', target.value)}>
          <option value="apple">Apple</option>
          <option value="pear">Pear</option>
          <option value="quince">Quince</option>
        </select>
      </label>
      <label>
        Tags{' '}
        <select
          name="tags"
          multiple
          value={values.tags}
          onChange={({ target }) =>
            set(
              'tags',
              [...target.selectedOptions].map(({ value }) => value),
            )
          }
        >
          <option>red</option>
          <option>green</option>
          <option>blue</option>
        </select>
      </label>
      <label>
        <input
          name="gift-wanted"
          type="radio"
          checked={values.size === 'small'}
          onChange={() => set('size', 'small')}
        />{' '}
        Small
      </label>
      <label>
        <input
          name="gift-wanted"
          type="radio"
          checked={values.size === 'large'}
          onChange={() => set('size', 'large')}
        />{' '}
        Large
      </label>
      {values.size === 'large' && (
        <label>
          Words on the gift{' '}
          <input name="gift" value={values.gift} onChange={({ target }) => set('gift', target.value)} />
        </label>
      )}
      <label>
        Notes{' '}
        <textarea name="notes" value={values.notes} onChange={({ target }) => set('notes', target.value)} />
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
        />{' '}
        I agree
        {message('agree')}
      </label>
      <button id="send">Send</button>
      <output id="sent">Sent {sent} times</output>
      <p hidden>{clock}</p>
    </form>
  );
}

createRoot(document.querySelector('#root')).render(<Form />);
