"""Writing, tapping and reading in the sandbox's page, against the real sandbox and a bot that polls it."""

import base64
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.stage import ANSWERS, Stage, phone, started, write

Visit = Callable[..., Page]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_the_page_opens_with_a_learner_and_a_referent(visit: Visit) -> None:
    page = visit()
    expect(phone(page)).to_contain_text("learner")
    expect(phone(page, "Marc Dubois")).to_contain_text("contact person")


def test_a_tap_on_an_inline_button_reaches_the_bot(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    lea.get_by_role("button", name="I'm fine").click()
    expect(lea.get_by_text("You chose fine")).to_be_visible()
    assert stage.taps() == ["fine"]


def test_an_alert_of_the_bot_opens_a_dialog_and_escape_closes_it(visit: Visit) -> None:
    page = visit()
    started(page).get_by_role("button", name="Tell me more").click()
    expect(page.get_by_role("dialog")).to_contain_text("You chose more")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_enter_sends_and_shift_enter_starts_a_new_line(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    field = lea.get_by_role("textbox")
    field.fill("one")
    field.press("Shift+Enter")
    field.press_sequentially("two")
    field.press("Enter")
    expect(lea.get_by_text("You said: one")).to_be_visible()
    assert stage.texts()[-1] == "one\ntwo"


def test_telegrams_formatting_is_shown_and_a_spoiler_opens_on_a_tap(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    html = "<b>b</b> <i>i</i> <u>u</u> <s>s</s> <code>c</code><pre>p</pre><blockquote>q</blockquote>"
    more = '<tg-spoiler>hush</tg-spoiler> <a href="https://example.org/">link</a>'
    stage.say(stage.learner, html + more, parse_mode="HTML")
    text = lea.locator(".message").last.locator(".text")
    for tag in ("b", "i", "u", "s", "code", "pre", "blockquote"):
        expect(text.locator(tag)).to_have_count(1)
    expect(text.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    text.get_by_role("button", name="Hidden text, press to reveal").click()
    expect(text.locator(".spoiler")).to_have_class("spoiler open")


def test_the_bot_is_seen_typing_until_its_message_comes(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    stage.run(stage.bot.call("sendChatAction", chat_id=stage.learner, action="typing"))
    expect(lea.get_by_text("typing")).to_be_visible()
    stage.say(stage.learner, "here it is")
    expect(lea.get_by_text("here it is")).to_be_visible()
    expect(lea.get_by_text("typing")).to_have_count(0)


def test_a_document_can_be_sent_and_downloaded_again(visit: Visit) -> None:
    page = visit()
    lea = started(page)
    lea.get_by_role("button", name="Attach").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Document").click()
    chooser.value.set_files({"name": "agreement.txt", "mimeType": "text/plain", "buffer": b"signed"})
    with page.expect_download() as download:
        lea.get_by_role("link", name="Download agreement.txt").click()
    assert (download.value.suggested_filename, download.value.path().read_bytes()) == ("agreement.txt", b"signed")


def test_voice_notes_stickers_and_contacts_arrive(visit: Visit, stage: Stage) -> None:
    page = visit()
    lea = started(page)
    for entry in ("Voice note", "Sticker", "My contact"):
        lea.get_by_role("button", name="Attach").click()
        page.get_by_role("menuitem", name=entry).click()
        if entry == "Sticker":
            page.get_by_role("button", name="Sticker 👋").click()
        expect(lea.get_by_text("You said: something").last).to_be_visible()
    expect(lea.get_by_text("You said: something")).to_have_count(3)
    kinds = ("voice", "sticker", "contact")
    assert [kind for update in stage.bot.seen for kind in kinds if kind in update.get("message", {})] == list(kinds)


def test_an_edit_by_the_bot_replaces_the_bubble_and_says_so(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    message_id = stage.say(stage.learner, "first wording")["message_id"]
    edit = {"chat_id": stage.learner, "message_id": message_id, "text": "second wording"}
    stage.run(stage.bot.call("editMessageText", **edit))
    expect(lea.locator(".message").last).to_contain_text("second wording")
    expect(lea.locator(".message").last).to_contain_text("edited")
    expect(lea.get_by_text("first wording")).to_have_count(0)


def test_a_deleted_message_goes_away(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    message = stage.say(stage.learner, "soon gone")
    expect(lea.get_by_text("soon gone")).to_be_visible()
    stage.run(stage.bot.call("deleteMessage", chat_id=stage.learner, message_id=message["message_id"]))
    expect(lea.get_by_text("soon gone")).to_have_count(0)


def test_arrow_up_in_an_empty_field_edits_the_last_own_message(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    write(lea, "were is the launderette")
    expect(lea.get_by_text("You said: were is")).to_be_visible()
    field = lea.get_by_role("textbox")
    field.press("ArrowUp")
    field.fill("where is the launderette")
    field.press("Enter")
    expect(lea.locator(".own").last).to_contain_text("edited")
    assert stage.bot.seen[-1]["edited_message"]["text"] == "where is the launderette"


def test_a_slash_lists_the_commands_and_enter_sends_the_chosen_one(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    expect(lea.get_by_role("button", name="Menu")).to_be_visible()
    field = lea.get_by_role("textbox")
    field.press_sequentially("/")
    expect(lea.get_by_role("listbox").get_by_role("option")).to_have_count(3)
    field.press("ArrowDown")
    field.press("Enter")
    expect(lea.get_by_text("You said: /sos")).to_be_visible()
    assert stage.texts()[-1] == "/sos"


def test_a_reply_keyboard_button_can_ask_for_the_location(visit: Visit, stage: Stage) -> None:
    page = visit()
    lea = started(page)
    write(lea, "where am I")
    lea.get_by_role("button", name="Share my place").click()
    page.get_by_role("dialog").get_by_role("button", name="Como").click()
    page.get_by_role("dialog").get_by_role("button", name="Send location").click()
    expect(lea.get_by_text("45.8081° N, 9.0852° E")).to_be_visible()
    stage.until(lambda: "location" in stage.bot.seen[-1]["message"])
    assert stage.bot.seen[-1]["message"]["location"]["latitude"] == 45.8081


def test_a_photo_is_sent_and_shown(visit: Visit, stage: Stage) -> None:
    page = visit()
    lea = started(page)
    lea.get_by_role("button", name="Attach").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Photo").click()
    chooser.value.set_files({"name": "room.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(lea.get_by_role("img", name="Photo")).to_be_visible()
    assert "photo" in stage.bot.seen[-1]["message"]


def test_a_message_can_be_forwarded_to_the_bot(visit: Visit, stage: Stage) -> None:
    page = visit()
    lea = started(page)
    write(lea, "/sos")
    expect(lea.get_by_text("You said: /sos")).to_be_visible()
    lea.locator(".own").last.hover()
    lea.locator(".own").last.get_by_role("button", name="Message actions").click()
    page.get_by_role("menuitem", name="Forward to the bot").click()
    expect(lea.locator(".forwarded")).to_be_visible()
    assert "forward_origin" in stage.bot.seen[-1]["message"]


def test_blocking_the_bot_closes_the_composer_until_it_is_unblocked(visit: Visit, stage: Stage) -> None:
    page = visit()
    lea = started(page)
    lea.get_by_role("button", name="Chat options").click()
    page.get_by_role("menuitem", name="Block the bot").click()
    unblock = lea.get_by_role("button", name="Unblock the bot")
    expect(unblock).to_be_visible()
    assert stage.sandbox.world.users[stage.learner].blocked
    unblock.click()
    expect(lea.get_by_role("textbox")).to_be_visible()


def test_markup_in_a_name_and_in_a_message_stays_text(visit: Visit, stage: Stage) -> None:
    attack = "<img src=x onerror='window.pwned=1'>"
    mallory = stage.person(attack, "</option><script>pwned=1</script>", "learner<b>")
    stage.say(mallory, attack + " <script>window.pwned = 1</script>", reply_markup=ANSWERS)
    page = visit()
    phone(page, "Marc Dubois").get_by_label("Whose phone this is").select_option(value=f"u{mallory}")
    bubble = page.locator(".bubble .text").last
    expect(bubble).to_have_text(attack + " <script>window.pwned = 1</script>")
    assert page.evaluate("window.pwned === undefined")
    assert page.locator(".phones img").count() == 0


def test_hostile_html_from_a_server_is_cut_down_to_known_tags(visit: Visit) -> None:
    page = visit()
    hostile = (
        '<b onclick="pwned=1" style="position:fixed">bold</b><img src=x onerror="pwned=1"><script>pwned=1</script>'
        '<a href="javascript:pwned=1">bad</a><a href="https://example.org/" onmouseover="pwned=1">good</a>'
        '<iframe src="/"></iframe>'
    )
    made = page.evaluate(
        """async (html) => {
            const { safeFragment } = await import("/web/safe_html.js");
            const box = document.createElement("div");
            box.append(safeFragment(html, {}));
            return box.innerHTML;
        }""",
        hostile,
    )
    assert made == (
        "<b>bold</b>pwned=1<span>bad</span>"
        '<a href="https://example.org/" target="_blank" rel="noopener noreferrer">good</a>'
    )
    assert page.evaluate("window.pwned === undefined")


def test_a_link_with_an_invite_of_this_bot_opens_it_in_the_chat(visit: Visit, stage: Stage) -> None:
    lea = started(visit())
    stage.say(stage.learner, "Use https://t.me/compagnon_demo_bot?start=TOKEN123")
    lea.get_by_role("link").last.click()
    expect(lea.locator(".own").last).to_contain_text("/start TOKEN123")
    assert stage.texts()[-1] == "/start TOKEN123"


def test_a_chat_of_a_thousand_messages_draws_only_the_newest_and_fetches_older_ones(visit: Visit, stage: Stage) -> None:
    stage.meet(stage.learner)
    world = stage.sandbox.world
    for number in range(1000):
        world.post(world.chats[stage.learner], world.bot, {"text": f"message number {number}"})
    page = visit()
    lea = phone(page)
    expect(lea.get_by_text("message number 999")).to_be_in_viewport()
    assert lea.locator(".message").count() <= 100
    lea.locator(".log").evaluate("log => { log.scrollTop = 0; }")
    expect(lea.get_by_text("message number 850")).to_be_attached()
    expect(lea.get_by_role("button", name="Newest")).to_be_visible()
    stage.say(stage.learner, "the newest of all")
    lea.get_by_role("button", name="1 new message").click()
    expect(lea.get_by_text("the newest of all")).to_be_in_viewport()


def test_the_page_catches_up_after_the_line_broke(visit: Visit, stage: Stage) -> None:
    page = visit()
    lea = started(page)
    stage.restart()
    world = stage.sandbox.world
    stage.do(lambda: world.post(world.chats[stage.learner], world.bot, {"text": "said while you were away"}))
    expect(lea.get_by_text("said while you were away")).to_be_visible()
    expect(page.locator("#status")).to_be_hidden()


def test_what_the_sandbox_refuses_is_one_line_and_the_text_stays(visit: Visit) -> None:
    page = visit()
    lea = started(page)
    write(lea, "x" * 5000)
    expect(page.get_by_role("alert")).to_contain_text("A message has at most 4096 characters; this one has 5000.")
    expect(lea.get_by_role("textbox")).to_have_value("x" * 5000)
