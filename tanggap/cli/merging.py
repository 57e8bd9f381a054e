"""`tanggap tickets merge`, `tickets unmerge`: reports of one incident, as operators' pages do it."""

from datetime import UTC, datetime

import click

from tanggap.cli.base import CLI, in_instance, instance_of, json_option, say, store_of


@click.command("merge")
@click.argument("master")
@click.argument("numbers", nargs=-1, required=True)
@json_option
@in_instance
def merge(context: click.Context, master: str, numbers: tuple[str, ...], as_json: bool) -> None:
    """Gabung laporan NUMBERS ke tiket MASTER: satu kejadian, OPD didorong sekali saja."""
    from tickets.cases.merging import join

    routing, now = instance_of(context).routing, datetime.now(UTC)
    with store_of(context) as store, store.transaction():
        for number in numbers:
            master = join(store, routing, now, number, master, CLI)
    sentence = f"{', '.join(numbers)} digabung ke {master}; kembalikan dengan: tanggap tickets unmerge"
    say(as_json, {"master": master, "merged": list(numbers)}, sentence)


@click.command("unmerge")
@click.argument("number")
@json_option
@in_instance
def unmerge(context: click.Context, number: str, as_json: bool) -> None:
    """Pisahkan lagi laporan NUMBER; OPD yang tugasnya berakhir karena digabung dikirimi lagi."""
    from tickets.cases.merging import part

    routing, now = instance_of(context).routing, datetime.now(UTC)
    with store_of(context) as store, store.transaction():
        master = store.merging.master_of(number)
        sent = part(store, routing, now, number, CLI)
    again = f"; dikirim lagi ke {', '.join(sent)}" if sent else ""
    say(as_json, {"number": number, "master": master, "dispatched": sent}, f"{number} dipisahkan dari {master}{again}")
