from llmlogs.queries.assemble import assemble, with_markers


def test_messages_and_tools_take_the_places_of_their_nulls() -> None:
    body = b'{"log_id":"1","messages":null,"tools":null,"error":null}'
    whole = assemble(body, messages=[b'{"role":"user"}', b"1.50"], tools=b"[]")
    assert whole == b'{"log_id":"1","messages":[{"role":"user"},1.50],"tools":[],"error":null}'


def test_a_body_that_kept_its_values_is_left_alone() -> None:
    body = b'{"messages":null,"tools":"none"}'
    assert assemble(body, messages=None, tools=None) == body


def test_an_inner_key_of_the_same_name_is_left_alone() -> None:
    body = '{"a":{"messages":null},"é\\"":"\\"messages\\":null","messages":null,"z":[{}]}'.encode()
    whole = assemble(body, messages=[b"1"], tools=None)
    assert whole == body.replace(b'"messages":null,"z"', b'"messages":[1],"z"')


def test_backslashes_of_messages_are_kept() -> None:
    whole = assemble(b'{"messages":null}', messages=[rb'"\\1 \g<0>"'], tools=None)
    assert whole == rb'{"messages":["\\1 \g<0>"]}'


def test_markers_go_back_where_they_were_and_other_messages_stay_as_they_are() -> None:
    messages = [b'{"content": [ {"text":"a"} ]}', b'{"spaced":   1}']
    markers = b'[[5,["content",0],{"cachePoint":{}}],[5,["content",1,"cache_control"],{"x":1}],'
    markers += b'[5,["cache_control"],2],[9,["x"],1]]'
    assert with_markers(messages, markers, first_index=5) == [
        b'{"content":[{"cachePoint":{}},{"text":"a","cache_control":{"x":1}}],"cache_control":2}',
        b'{"spaced":   1}',
    ]
